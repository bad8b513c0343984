import type { JSX } from 'preact'
import type { Block, ReportDocument } from '../../reports/block.ts'
import { valueWriter, type WriteValue } from '../../reports/value.ts'
import { Logo, ThemeSign } from '../parts/icons.tsx'
import { webAddress } from '../format/engine.ts'
import { LogText } from '../parts/log-text.tsx'
import { laidInColumns } from './columns.ts'
import { Figures } from './figures.tsx'
import type { TitleLevel } from './block-title.tsx'
import { ReportChart } from './chart.tsx'
import { ReportTable } from './table.tsx'
import { Paragraphs, Samples } from './words.tsx'

interface ReportProps {
  readonly report: ReportDocument
  /** What made it, with its version. */
  readonly maker: string
}

/** A whole report. All texts of it are shown as `LogText`: any may have come out of a log. */
export function ReportPage({ report, maker }: ReportProps): JSX.Element {
  const { subject, verdict, facts, blocks, period } = report
  const zone = period?.zone ?? 'UTC'
  const write = valueWriter(zone)
  const parts = partsOf(blocks)
  return (
    <>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <TopBar />
      <main id="content" tabIndex={-1}>
        <header class={`verdict tone-${verdict.tone}`}>
          <h1>
            <DatedText text={subject} />
          </h1>
          <p>
            <DatedText text={verdict.sentence} />
          </p>
          <dl class="facts">
            {facts.map(({ name, text }) => (
              <div key={name}>
                <dt>
                  <LogText text={name} title={null} />
                </dt>
                <dd>
                  <DatedText text={text} />
                </dd>
              </div>
            ))}
          </dl>
          <Links report={report} />
        </header>
        <Contents parts={parts} />
        {parts.map(part => (
          <Part key={part.id} part={part} write={write} zone={zone} />
        ))}
      </main>
      <footer>
        Made by {maker}. Times are those of {zone}. This file asks nothing of the network.
      </footer>
    </>
  )
}

/** A text in which no line is broken within a date. */
function DatedText({ text }: { readonly text: string }): JSX.Element {
  return (
    <>
      {text.split(/\b(\d{4}-\d\d-\d\d)\b/).map((part, i) =>
        i % 2 === 1 ? (
          <span key={i} class="date">
            {part}
          </span>
        ) : (
          <LogText key={i} text={part} title={null} />
        )
      )}
    </>
  )
}

function TopBar(): JSX.Element {
  return (
    <header class="bar">
      <p class="brand">
        <Logo />
        Visor
      </p>
      <label class="search" data-script hidden>
        <span class="hidden">Filter all tables</span>
        <input type="search" placeholder="Filter all tables" data-filter="all" spellcheck={false} />
      </label>
      <p class="hidden" role="status" data-found />
      <button
        type="button"
        class="icon"
        data-theme-button
        data-script
        hidden
        aria-label="Use the other theme"
      >
        <ThemeSign />
      </button>
    </header>
  )
}

/** Where the same is on the page; no other address than one of the web. */
function Links({ report: { link, online } }: Pick<ReportProps, 'report'>): JSX.Element | null {
  const [page, same] = [webAddress(link), webAddress(online)]
  return page === undefined && same === undefined ? null : (
    <p class="links">
      {page !== undefined && (
        <a href={page} rel="noreferrer" data-page>
          Open this period in Visor
        </a>
      )}
      {same !== undefined && (
        <a href={same} rel="noreferrer">
          Read this report in Visor
        </a>
      )}
    </p>
  )
}

/** The blocks of a group under one heading, where the first of them is; neighbours without a group have none. */
interface ReportPart {
  readonly id: string
  readonly title: string | undefined
  readonly blocks: readonly Block[]
}

function partsOf(blocks: readonly Block[]): ReportPart[] {
  const parts: { title: string | undefined; blocks: Block[] }[] = []
  for (const block of blocks) {
    const same = block.group === undefined ? parts.slice(-1) : parts
    const part = same.find(({ title }) => title === block.group)
    if (part) part.blocks.push(block)
    else parts.push({ title: block.group, blocks: [block] })
  }
  return parts.map((part, i) => ({ ...part, id: `part-${i + 1}` }))
}

function Contents({ parts }: { readonly parts: readonly ReportPart[] }): JSX.Element | null {
  const named = parts.filter(({ title }) => title !== undefined)
  return named.length < 2 ? null : (
    <nav class="contents" aria-label="Contents">
      {named.map(({ id, title }) => (
        <a key={id} href={`#${id}`}>
          <LogText text={title ?? ''} title={null} />
        </a>
      ))}
    </nav>
  )
}

interface PartProps {
  readonly part: ReportPart
  readonly write: WriteValue
  readonly zone: string
}

function Part({ part: { id, title, blocks }, write, zone }: PartProps): JSX.Element {
  return (
    <section class="group" id={id} {...(title !== undefined && { 'aria-labelledby': `${id}-title` })}>
      {title !== undefined && (
        <h2 id={`${id}-title`}>
          <LogText text={title} title={null} />
        </h2>
      )}
      {laidInColumns(blocks).map((row, i) => (
        <div key={i} class="blocks">
          {row.columns.map((column, i) => (
            <div key={i} class="column">
              {column.map(block => (
                <ReportBlock
                  key={block.name}
                  block={block}
                  level={title === undefined ? 'h2' : 'h3'}
                  write={write}
                  zone={zone}
                />
              ))}
            </div>
          ))}
        </div>
      ))}
    </section>
  )
}

function ReportBlock({
  block,
  ...how
}: Omit<PartProps, 'part'> & { readonly block: Block; readonly level: TitleLevel }): JSX.Element | null {
  switch (block.type) {
    case 'figures':
      return <Figures block={block} {...how} />
    case 'table':
      return <ReportTable block={block} {...how} />
    case 'chart':
      return <ReportChart block={block} {...how} />
    case 'samples':
      return <Samples block={block} level={how.level} />
    default:
      return <Paragraphs block={block} level={how.level} />
  }
}
