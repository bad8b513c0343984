import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { linesOf, sinkDependencies } from '../src/sinks/contract.ts'
import { openSink } from '../src/sinks/index.ts'
import { ownFolder } from './folder.ts'
import { kafkaMissing, startBroker, type Broker } from './kafka.ts'
import { Daemon } from './torture/daemon.ts'
import { checkNumbers, numberedLine } from './torture/numbers.ts'
import { eventually, startWatching } from './watching.ts'
import { startVisor, visor } from './visor.ts'

describe.skipIf(kafkaMissing)(
  `visor watch over Kafka (${kafkaMissing ?? 'Java, and Kafka by Maven'})`,
  () => {
    let broker: Broker
    beforeAll(async () => void (broker = await startBroker({ partitions: 3 })))
    afterAll(() => broker[Symbol.asyncDispose]())

    /** A folder and a topic of this try's own. */
    function own(name: string): { folder: string; topic: string } {
      const folder = ownFolder('kafka-watch')
      return { folder, topic: `${name}-${folder.slice(-6)}` }
    }

    /** A configuration with Kafka as its source. */
    function configFor(folder: string, topic: string): string {
      const path = join(folder, `${topic}.yaml`)
      const source = {
        type: 'kafka',
        brokers: [broker.address],
        topics: [topic],
        group: topic,
        format: 'common'
      }
      writeFileSync(path, JSON.stringify({ sources: { web: source }, store: { path: join(folder, topic) } }))
      return path
    }

    it(
      'has each line once, killed again and again while lines come and the broker restarts',
      { timeout: 600_000 },
      async () => {
        const { folder, topic } = own('killed')
        const sink = await openSink(`kafka://${broker.address}/${topic}`, {}, sinkDependencies())
        let [lines, wanted] = [0, 0]
        let stopped = false
        onTestFinished(() => void (stopped = true))
        const producing = (async () => {
          for (; !stopped; await wait(10)) {
            // A busy machine starts slowly, and is to catch up all the same.
            if (lines >= wanted) continue
            const texts = Array.from({ length: 50 }, () => numberedLine(lines++, 20).trimEnd())
            await sink.write(
              linesOf(
                texts,
                texts.map((_, i) => `client ${i}`)
              )
            )
          }
          await sink.close()
        })()
        const daemon = new Daemon(['--config', configFor(folder, topic)])
        const more = async (): Promise<void> => {
          const before = await daemon.rows()
          wanted = lines + 5000
          expect(await daemon.stores(before + 200)).toBe(true)
        }
        for (const restarts of [false, true, false, false]) {
          await daemon.start()
          await more()
          if (restarts) {
            await broker.kill()
            await broker.start()
            await more()
          }
          await daemon.kill()
        }
        stopped = true
        await producing
        await daemon.start()
        expect(await daemon.stores(lines)).toBe(true)
        expect(await daemon.stop()).toBe('')
        expect(await checkNumbers([join(folder, topic)], lines)).toEqual([])
      }
    )

    it('shows how it goes, and what is wrong', async () => {
      const { folder, topic } = own('told')
      const config = configFor(folder, topic)
      expect((await visor(['check', '--config', config])).out).toContain(
        `${topic} of kafka ${broker.address}: not tried`
      )
      const { visor: running, status } = await startWatching(['--config', config])
      const source = async () => (await status()).sources[0]
      const wrong = await eventually(source, one => one?.state === 'problem')
      expect(wrong?.detail).toBe(
        `kafka ${broker.address}, topic ${topic}: there is none of this name; it is read when it is created; it is tried again`
      )
      await broker.createTopic(topic)
      const fine = await eventually(source, one => one?.state === 'waiting' && one.detail.includes('3 of 3'))
      expect(fine?.detail).toBe(
        `kafka ${broker.address}, group ${topic}, 3 of 3 partitions, 0 messages behind; waiting for the first line`
      )
      expect((await running.stop('SIGTERM')).exit).toBe(0)
    })

    it('takes nothing from a relay of the same topic', async () => {
      const { folder, topic } = own('shared')
      const target = `kafka://${broker.address}/${topic}`
      await broker.createTopic(topic, 3)
      const { visor: running, status } = await startWatching([target, '--store', join(folder, 'store')])
      const copy = join(folder, 'copy.log')
      const relaying = startVisor(['relay', target, '--to', copy, '--state', join(folder, 'state.json')])
      const sink = await openSink(target, {}, sinkDependencies())
      const texts = Array.from({ length: 600 }, (_, line) => numberedLine(line, 20).trimEnd())
      const clients = texts.map((_, line) => `client ${line}`)
      await sink.write(linesOf(texts, clients))
      await sink.close()
      const relayed = () => (existsSync(copy) ? readFileSync(copy, 'utf8').trimEnd().split('\n') : [])
      expect(
        await eventually(
          async () => relayed().length,
          count => count >= 600
        )
      ).toBe(600)
      expect(relayed().toSorted()).toEqual(texts.toSorted())
      const read = async () => (await status()).sources[0]?.counters.read
      expect(await eventually(read, count => count === 600)).toBe(600)
      expect((await relaying.stop('SIGTERM')).exit).toBe(0)
      expect((await running.stop('SIGTERM')).exit).toBe(0)
    })
  }
)
