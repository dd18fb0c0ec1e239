using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Csv;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Tests.MarketData.Csv;

public sealed class CsvSentimentTests : IDisposable
{
    private readonly PriceFolder _folder = new();
    private readonly ListLogger<CsvSentimentSource> _log = new();
    private readonly CsvSentimentSource _source;

    public CsvSentimentTests() => _source = new(Path.Combine(_folder.Path, "mood.csv"), SymbolCatalog.Default, _log);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Score_IsAllThree_OfAnySymbol()
    {
        Write("Score,time", "72,2024-01-02", "25.5,2024-01-01T00:00:00Z");

        var series = await ReadAsync("BTC");

        Assert.Equal("csv", series.Source);
        Assert.Equal([new(new(2024, 1, 1), 25.5, 25.5, 74.5), new(new(2024, 1, 2), 72, 72, 28)], series.Days.ToArray());
        Assert.Equal(series, await ReadAsync("ETH"));
    }

    [Fact]
    public async Task ThreeScores_AreTakenAsTheyAre()
    {
        Write("time,note,sentiment_neg,sentiment_pos,social_score", "2024-01-01,hello,0,100,1e1");

        Assert.Equal([new(new(2024, 1, 1), 10, 100, 0)], (await ReadAsync("BTC")).Days.ToArray());
    }

    [Fact]
    public async Task OwnSymbol_GoesBeforeAllSymbols_OnItsDays()
    {
        Write("time,symbol,score", "2024-01-01,,1", "2024-01-02, ,2", "2024-01-02,pol,20", "2024-01-03,BTC,30", "2024-01-04,,4");

        Assert.Equal("1,20,4", await Scores("MATIC"));
        Assert.Equal("1,2,30,4", await Scores("BTC"));
        Assert.Equal("1,2,4", await Scores("ETH"));
    }

    [Theory]
    [InlineData("mood.csv line 1: found an empty file, expected the header time and score, or time,social_score,sentiment_pos,sentiment_neg")]
    [InlineData("mood.csv line 1, column time: found no such column in 'day,score', expected time and score, or time,", "day,score")]
    [InlineData("mood.csv line 1, column social_score: found no such column in 'time,mood'", "time,mood")]
    [InlineData("mood.csv line 1, column sentiment_neg: found no such column", "time,social_score,sentiment_pos")]
    [InlineData("mood.csv line 1, column score: found 'social_score', expected only one of them", "time,score,social_score")]
    [InlineData("mood.csv line 1, column score: found it twice, expected it once", "time,score,SCORE")]
    [InlineData("mood.csv line 3, column score: found '100.5', expected a number from 0 to 100", "time,score", "2024-01-01,1", "2024-01-02,100.5")]
    [InlineData("mood.csv line 2, column score: found '-1', expected a number from 0 to 100", "time,score", "2024-01-01,-1")]
    [InlineData("mood.csv line 2, column score: found 'NaN', expected a number from 0 to 100", "time,score", "2024-01-01,NaN")]
    [InlineData("mood.csv line 2, column score: found '', expected a number", "time,score", "2024-01-01,")]
    [InlineData(
        "mood.csv line 2, column sentiment_pos: found '101', expected a number from 0 to 100",
        "time,social_score,sentiment_pos,sentiment_neg",
        "2024-01-01,1,101,1")]
    [InlineData("mood.csv line 2, column time: found '01.02.2024', expected a UTC day like 2024-01-31", "time,score", "01.02.2024,1")]
    [InlineData(
        "mood.csv line 2, column symbol: found 'B-C', expected a symbol of 1 to 15 of A-Z and 0-9, or nothing for all",
        "time,symbol,score",
        "2024-01-01,B-C,1")]
    [InlineData(
        "mood.csv line 3, column time: found '2024-01-01', expected one row a day of MATIC",
        "time,symbol,score",
        "2024-01-01,POL,1",
        "2024-01-01,MATIC,2")]
    [InlineData("mood.csv line 3, column time: found '2024-01-01', expected one row a day of all symbols", "time,score", "2024-01-01,1", "2024-01-01,1")]
    [InlineData("mood.csv line 2, column score: found 1 fields, expected 2", "time,score", "2024-01-01")]
    [InlineData("mood.csv line 2: found a quote out of place", "time,score", "2024-01-01,\"1\"2")]
    public async Task FaultyFile_IsRefusedAndLoggedOnce_UntilItIsRepaired(string message, params string[] lines)
    {
        Write(lines);

        for (var i = 0; i < 2; i++)
        {
            Assert.StartsWith(message, (await Assert.ThrowsAsync<InvalidMarketDataException>(() => ReadAsync("BTC"))).Message, StringComparison.Ordinal);
        }

        var entry = Assert.Single(_log.Entries);
        Assert.Equal(LogLevel.Error, entry.Level);
        Assert.Contains(message, entry.Text, StringComparison.Ordinal);

        Write("time,score", "2024-01-01,7", "2024-01-02,8");
        Assert.Equal("7,8", await Scores("BTC"));
    }

    [Fact]
    public async Task FileThatIsGone_IsAFailure() => await Assert.ThrowsAsync<FileNotFoundException>(() => ReadAsync("BTC"));

    private void Write(params string[] lines) => _folder.With("mood.csv", lines);

    private async Task<SentimentSeries> ReadAsync(string symbol) =>
        await _source.ReadAsync(new BarSeries(symbol, new[] { new Bar(new(2024, 1, 5), 1, 1, 1, 1, 1) }), TestContext.Current.CancellationToken);

    private async Task<string> Scores(string symbol) => string.Join(',', (await ReadAsync(symbol)).Days.ToArray().Select(day => day.SocialScore));
}
