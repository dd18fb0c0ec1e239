using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Integration.Tests.Prices;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Postgres;
using Coinsphere.Messaging.Worker.MarketData.Synthetic;
using Coinsphere.Messaging.Worker.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Coinsphere.Messaging.Integration.Tests.Sentiments;

public sealed class PostgresSentimentTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await new Migrator(_database.Source, Migration.Embedded, NullLogger<Migrator>.Instance).ApplyAsync(Cancel);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task NewestRowOfADay_Counts()
    {
        await AddAsync(
            "('2024-06-10 23:59:59', '', 30, 40, 50.5)",
            "('2024-06-10', '', 1, 1, 1)",
            "('2024-06-11 00:00', '', 2, 2, 2)",
            "('2024-06-10 12:00', '', 3, 3, 3)");

        Assert.Equal([new(new(2024, 6, 10), 30, 40, 50.5), new(new(2024, 6, 11), 2, 2, 2)], (await ReadAsync("BTC", "2024-06-10", "2024-06-20")).ToArray());
    }

    [Fact]
    public async Task OwnSymbol_GoesBeforeAllSymbols_OnItsDays()
    {
        await AddAsync(
            "('2024-06-10', 'BTC', 10, 0, 0)", "('2024-06-10 09:00', '', 1, 0, 0)", "('2024-06-11', '', 2, 0, 0)", "('2024-06-12', 'POL', 30, 0, 0)",
            "('2024-06-13', 'MATIC', 40, 0, 0)", "('2024-06-13 09:00', 'POL', 41, 0, 0)");

        Assert.Equal("10,2", await ScoresAsync("BTC"));
        Assert.Equal("1,2,30,40", await ScoresAsync("MATIC"));
        Assert.Equal("1,2", await ScoresAsync("ETH"));
    }

    [Fact]
    public async Task OnlyDaysThatBarsMayKnow_AreRead()
    {
        await _database.ExecuteAsync(
            "insert into sentiment select time, '', 50, 50, 50 from generate_series('2024-01-01'::timestamp, '2024-12-31', '1 day') time");

        var days = (await ReadAsync("BTC", "2024-06-10", "2024-06-20")).ToArray();

        Assert.Equal((new DateOnly(2024, 6, 3), new DateOnly(2024, 6, 19), 17), (days[0].Day, days[^1].Day, days.Length));
        Assert.Equal(7, (await ReadAsync("BTC", "2024-06-10", "2024-06-10")).Length);
    }

    [Theory]
    [InlineData("('2024-06-10', '', 100.5, 1, 1)")]
    [InlineData("('2024-06-10', '', 1, 'NaN', 1)")]
    [InlineData("('2024-06-10', '', 1, 1, -1)")]
    [InlineData("('2024-06-10', '', 1, 1, null)")]
    [InlineData("('2024-06-10', 'btc', 1, 1, 1)")]
    public async Task RowThatIsNoSentiment_IsNotTaken(string row) => await Assert.ThrowsAsync<PostgresException>(() => AddAsync(row));

    [Theory]
    [InlineData("101, 1, 1", "column social_score: found 101,")]
    [InlineData("1, null, 1", "column sentiment_pos: found null,")]
    [InlineData("1, 1, 'NaN'", "column sentiment_neg: found NaN,")]
    public async Task TableOfSomebodyElse_IsRefusedForARowThatIsNone(string scores, string message)
    {
        await _database.ExecuteAsync(
            "drop table sentiment; create table sentiment (time timestamp, symbol text, social_score float8, sentiment_pos float8, sentiment_neg float8)");
        await AddAsync($"('2024-06-10 07:00', '', {scores})");

        var fault = await Assert.ThrowsAsync<InvalidMarketDataException>(() => ReadAsync("BTC", "2024-06-10", "2024-06-20"));
        Assert.Equal($"sentiment, symbol '', time 2024-06-10 07:00:00 UTC, {message} expected a number from 0 to 100", fault.Message);
    }

    [Fact]
    public async Task Answer_SaysTheSentimentOfTheDayBefore_AndThatATableIsGone()
    {
        await using var worker = await DatabaseWorker.StartAsync(_database, "Sentiment:Table", "true");
        await worker.Services.GetRequiredService<PriceWriter>()
            .WriteAsync("BTC", SyntheticSeries.Generate("BTC", new(2024, 6, 30)), DateTimeOffset.UnixEpoch, Cancel);
        await AddAsync("('2024-06-29', '', 47, 47, 53)", "('2024-06-30', '', 63, 63, 37)");

        var answer = await worker.AskAsync<PredictRequested, PredictionAnswer>(new("BTC"), Endpoints.Predict);
        Assert.Equal(("postgres", 0.47), (answer.SentimentSource, answer.Indicators.SocialSentiment));

        await _database.ExecuteAsync("drop table sentiment");
        var refusal = await worker.AskAsync<PredictRequested, RequestRefused>(new("BTC", "14d"), Endpoints.Predict);
        Assert.Equal(new RequestRefused(RefusalReason.PricesUnavailable, "the sentiment source postgres does not answer; try again shortly"), refusal);
    }

    private Task AddAsync(params string[] rows) =>
        _database.ExecuteAsync($"insert into sentiment (time, symbol, social_score, sentiment_pos, sentiment_neg) values {string.Join(", ", rows)}");

    private async Task<ReadOnlyMemory<Forecasting.Features.Sentiment>> ReadAsync(string symbol, string first, string last)
    {
        var bars = new[] { first, last }.Select(day => new Bar(DateOnly.ParseExact(day, "yyyy-MM-dd"), 1, 1, 1, 1, 1)).Distinct().ToArray();
        var series = await new PostgresSentimentSource(_database.Source, SymbolCatalog.Default, TimeSpan.FromSeconds(5)).ReadAsync(
            new BarSeries(symbol, bars),
            Cancel);
        Assert.Equal("postgres", series.Source);
        return series.Days;
    }

    private async Task<string> ScoresAsync(string symbol) =>
        string.Join(',', (await ReadAsync(symbol, "2024-06-10", "2024-06-20")).ToArray().Select(day => day.SocialScore));
}
