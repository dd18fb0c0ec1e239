using System.Collections.Concurrent;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Features;

namespace Coinsphere.Messaging.Worker.MarketData.Csv;

/// <summary>
/// The text of a sentiment file: columns by name in any order, rows in any order, one per UTC day and symbol. It has a column <c>time</c>, and either
/// <c>score</c>, or <c>social_score</c>, <c>sentiment_pos</c> and <c>sentiment_neg</c>. A row without a <c>symbol</c> applies to all symbols.
/// </summary>
internal sealed class CsvSentimentFile
{
    private const string Header = "time and score, or time,social_score,sentiment_pos,sentiment_neg";
    private const string AllSymbols = "";

    private readonly Dictionary<string, SortedDictionary<DateOnly, Sentiment>> _rows = new(StringComparer.Ordinal) { [AllSymbols] = [] };
    private readonly ConcurrentDictionary<string, SentimentSeries> _series = new(StringComparer.Ordinal);
    private readonly string _source;

    private CsvSentimentFile(CsvTable table, string source, SymbolCatalog catalog)
    {
        _source = source;
        var (time, symbol, read) = (table.Require("time"), table.Find("symbol"), Scores(table));
        while (table.Next())
        {
            var day = table.Day(time);
            var canonical = symbol is { } column ? Symbol(table, column, catalog) : AllSymbols;
            if (!_rows.TryGetValue(canonical, out var days))
            {
                _rows.Add(canonical, days = []);
            }

            if (!days.TryAdd(day, read(day)))
            {
                throw table.Fault("time", table.Text(time), $"one row a day of {(canonical == AllSymbols ? "all symbols" : canonical)}");
            }
        }
    }

    /// <exception cref="InvalidMarketDataException">The file is invalid. The message has file name, line, column, what was found and what was
    /// expected.</exception>
    public static CsvSentimentFile Parse(Stream stream, string fileName, string source, SymbolCatalog catalog) =>
        CsvTable.Read(stream, fileName, Header, table => new CsvSentimentFile(table, source, catalog));

    /// <summary>The sentiment of a canonical symbol.</summary>
    public SentimentSeries Of(string symbol) => _series.GetOrAdd(_rows.ContainsKey(symbol) ? symbol : AllSymbols, Merge);

    private SentimentSeries Merge(string symbol) =>
        new(_source, _rows[symbol].Values.UnionBy(_rows[AllSymbols].Values, row => row.Day).OrderBy(row => row.Day).ToArray());

    private static Func<DateOnly, Sentiment> Scores(CsvTable table)
    {
        if (table.Find("score") is { } single)
        {
            if (table.Find("social_score") is not null)
            {
                throw table.Fault("score", "social_score", "only one of them");
            }

            return day =>
            {
                var score = Score(single);
                return new(day, score, score, 100 - score);
            };
        }

        var (social, positive, negative) = (table.Require("social_score"), table.Require("sentiment_pos"), table.Require("sentiment_neg"));
        return day => new(day, Score(social), Score(positive), Score(negative));

        double Score(CsvColumn column)
        {
            var score = table.Number(column);
            return Sentiment.IsScore(score) ? score : throw table.Fault(column.Name, table.Text(column), "a number from 0 to 100");
        }
    }

    private static string Symbol(CsvTable table, CsvColumn column, SymbolCatalog catalog)
    {
        var text = table.Text(column);
        if (string.IsNullOrWhiteSpace(text))
        {
            return AllSymbols;
        }

        return catalog.TryNormalise(text, out var canonical)
            ? canonical
            : throw table.Fault(column.Name, text, $"a symbol of 1 to {SymbolCatalog.MaxLength} of A-Z and 0-9, or nothing for all");
    }
}
