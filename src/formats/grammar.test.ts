import { describe, expect, it } from 'vitest'
import { parseErrorLogFormat, parseLogFormat, type Item } from './grammar.ts'

/** Items in a short notation: literals in quotes, directives as letter{argument} with what else was given. */
function brief(item: Item): string {
  if (item.type === 'literal') return JSON.stringify(item.text)
  const { letter, argument, redirect = '', hyphen, conditional } = item
  return `${redirect}${letter}${argument === undefined ? '' : `{${argument}}`}${hyphen ? ' hyphen' : ''}${conditional ? ' conditional' : ''}`
}

describe('parseLogFormat', () => {
  it.each<[text: string, items: string[]]>([
    ['', []],
    ['%h', ['h']],
    ['%h %l', ['h', '" "', 'l']],
    ['100%% %s', ['"100"', '"%"', '" "', 's']],
    ['%>s', ['>s']],
    ['%<s', ['<s']],
    ['%{Referer}i', ['i{Referer}']],
    ['%{}i', ['i{}']],
    ['%400,501{User-agent}i', ['i{User-agent} conditional']],
    ['%!200,304,302{Referer}i', ['i{Referer} conditional']],
    ['%{Referer}!200>i', ['>i{Referer} conditional']],
    ['%{%Y-%m-%d}t', ['t{%Y-%m-%d}']],
    ['%^FB', ['^FB']],
    ['%{x}^ti', ['^ti{x}']],
    [String.raw`\"%r\"`, [String.raw`"\""`, 'r', String.raw`"\""`]],
    [String.raw`a\\b\tc\qd`, [String.raw`"a\\b\tc\\qd"`]],
    ['ends in \\', [String.raw`"ends in \\"`]],
    ['%é', ['é']]
  ])('reads %j', (text, items) => expect(parseLogFormat(text).map(brief)).toEqual(items))

  it('tells where each item begins', () => {
    expect(parseLogFormat('ab%h%>s %%').map(({ at }) => at)).toEqual([0, 2, 4, 7, 8])
  })

  it.each<[text: string, at: number, message: RegExp]>([
    ['%', 0, /no letter/],
    ['%h %', 3, /no letter/],
    ['%h %>', 3, /no letter/],
    ['%h %{Referer', 4, /not closed/],
    ['%h %200{a}', 3, /no letter/],
    [String.raw`%h\n`, 2, /line break/],
    [String.raw`%h\r%t`, 2, /line break/]
  ])('refuses %j', (text, at, message) => {
    expect(() => parseLogFormat(text)).toThrow(
      expect.objectContaining({ at, message: expect.stringMatching(message) })
    )
  })
})

describe('parseErrorLogFormat', () => {
  it.each<[text: string, fields: string[][]]>([
    ['', [[]]],
    [
      '[%t] [%l] %M',
      [
        ['"["', 't', '"]"'],
        ['" ["', 'l', '"]"'],
        ['" "', 'M']
      ]
    ],
    [
      String.raw`[client\ %a] %M`,
      [
        ['"[client "', 'a', '"]"'],
        ['" "', 'M']
      ]
    ],
    [String.raw`%M% ,\ referer\ %{Referer}i`, [['M'], ['", referer "', 'i{Referer}']]],
    ['%-{Referer}i %+L %7F', [['i{Referer} hyphen'], ['" "', 'L hyphen'], ['" "', 'F conditional']]],
    ['a  b %%', [['"a"'], ['"  b"'], ['" "', '"%"']]],
    ['%P% :%T% ]', [['P'], ['":"', 'T'], ['"]"']]],
    ['%M% ', [['M'], []]],
    [String.raw`\%M\"\\`, [[String.raw`"%M\"\\"`]]]
  ])('reads %j', (text, fields) => {
    expect(parseErrorLogFormat(text).map(items => items.map(brief))).toEqual(fields)
  })
})
