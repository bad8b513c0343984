export { disk, type Disk } from './disk.ts'
export { placeText, type Discovery, type FoundLog, type Place, type Remark } from './found.ts'
export { discoverHttpd } from './httpd/index.ts'
export { discoverNginx } from './nginx/index.ts'
