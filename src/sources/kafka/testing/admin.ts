import {
  AclOperations,
  AclPermissionTypes,
  Admin,
  ResourcePatternTypes,
  ResourceTypes,
  type AclOperationValue,
  type AclPermissionTypeValue
} from '@platformatic/kafka'
import type { Broker } from '../../../../test/kafka.ts'

/** Does something that is an administrator's. */
export async function asAdmin<T>(
  { address }: Pick<Broker, 'address'>,
  action: (admin: Admin) => Promise<T>
): Promise<T> {
  const admin = new Admin({ clientId: 'visor-test', bootstrapBrokers: [address] })
  try {
    return await action(admin)
  } finally {
    await admin.close()
  }
}

/** Removes the messages of a topic's first partition that are before an offset. */
export async function removeBefore(broker: Broker, topic: string, offset: number): Promise<void> {
  await asAdmin(broker, async admin =>
    admin.deleteRecords({ topics: [{ name: topic, partitions: [{ partition: 0, offset: BigInt(offset) }] }] })
  )
}

/** What nobody may do any more. */
export interface Forbidden {
  readonly type: 'TOPIC' | 'GROUP'
  readonly name: string
  readonly operation: 'READ' | 'DESCRIBE'
}

/** Forbids something; what else may be done with it is allowed, since all the rest is forbidden by it. */
export async function forbid(broker: Broker, { type, name, operation }: Forbidden): Promise<void> {
  const deny = aclOf(type, name, AclOperations[operation], AclPermissionTypes.DENY)
  const allow = aclOf(type, name, AclOperations.DESCRIBE, AclPermissionTypes.ALLOW)
  await asAdmin(broker, async admin =>
    admin.createAcls({ creations: operation === 'DESCRIBE' ? [deny] : [deny, allow] })
  )
}

/** The inverse of `forbid`. */
export async function permit(broker: Broker, { type, name }: Forbidden): Promise<void> {
  const all = aclOf(type, name, AclOperations.ANY, AclPermissionTypes.ANY)
  await asAdmin(broker, async admin => admin.deleteAcls({ filters: [all] }))
}

function aclOf(
  type: Forbidden['type'],
  resourceName: string,
  operation: AclOperationValue,
  permissionType: AclPermissionTypeValue
) {
  return {
    resourceType: ResourceTypes[type],
    resourceName,
    resourcePatternType: ResourcePatternTypes.LITERAL,
    principal: 'User:ANONYMOUS',
    host: '*',
    operation,
    permissionType
  }
}
