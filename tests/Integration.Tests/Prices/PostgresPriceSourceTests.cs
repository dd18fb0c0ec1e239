using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Postgres;
using Coinsphere.Messaging.Worker.Storage;
using Dapper;
using Npgsql;

namespace Coinsphere.Messaging.Integration.Tests.Prices;

public sealed class PostgresPriceSourceTests(PriceDatabase database) : IClassFixture<PriceDatabase>, IAsyncLifetime
{
    private static readonly DateOnly Newest = DateOnly.MaxValue;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await database.Empty();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task HourlyRows_BecomeUtcDays()
    {
        await database.AddToken("BTC");
        await database.AddRow("BTC", "2024-01-01 23:00", "20, 25, 15, 22.12345678, 4.5");
        await database.AddRow("BTC", "2024-01-01 00:00", "10.00000001, 12, 9, 11, 1");
        await database.AddRow("BTC", "2024-01-01 12:00", "11, 99, 3, 20, 2");
        await database.AddRow("BTC", "2024-01-02 00:00", "30, 31, 29, 30, 7");

        var series = await Source().ReadAsync("BTC", Newest, 10, Cancel);

        Assert.Equal("BTC", series!.Symbol);
        Assert.False(series.HasChange1h || series.HasChange24h);
        Assert.Equal(
            [new Bar(new(2024, 1, 1), 10.00000001, 99, 3, 22.12345678, 7.5), new Bar(new(2024, 1, 2), 30, 31, 29, 30, 7)],
            series.Bars.ToArray());
    }

    [Fact]
    public async Task OpenDay_IsNoBar()
    {
        await database.AddToken("BTC");
        await database.AddHours("BTC", "2024-01-08 00:00", "2024-01-10 11:00");

        Assert.Equal("8,9", await Days("BTC", Newest, 10));
        Assert.Equal("8,9,10", await Days("BTC", Newest, 10, Source("2024-01-11T00:00:00Z")));
    }

    [Theory]
    [InlineData("2024-01-09", 3, "7,8,9")]
    [InlineData("2024-01-09", 1, "9")]
    [InlineData("2024-01-05", 2, "4,5")]
    [InlineData("2024-01-05", 100, "1,2,3,4,5")]
    [InlineData("2024-01-05", int.MaxValue, "1,2,3,4,5")]
    [InlineData("9999-12-31", int.MaxValue, "1,2,3,4,5,6,7,8,9")]
    [InlineData("2023-12-31", 5, "")]
    [InlineData("0001-06-01", 420, "")]
    public async Task Window_IsExactlyTheNewestBarsUpToTheDay(string lastDay, int count, string days)
    {
        await database.AddToken("BTC");
        await database.AddToken("ETH");
        await database.AddHours("BTC", "2024-01-01 00:00", "2024-01-10 11:00");
        await database.AddHours("ETH", "2023-12-01 00:00", "2024-01-10 11:00");

        Assert.Equal(days, await Days("BTC", DateOnly.Parse(lastDay, CultureInfo.InvariantCulture), count));
    }

    [Fact]
    public async Task Gaps_DoNotShortenTheWindow()
    {
        await database.AddToken("BTC");
        foreach (var day in new[] { "2019-05-02", "2023-06-03", "2024-01-04", "2024-01-07", "2024-01-08" })
        {
            await database.AddRow("BTC", day, 100);
        }

        Assert.Equal("3,4,7,8", await Days("BTC", Newest, 4));
    }

    [Fact]
    public async Task HistoryThatEndedLongAgo_IsStillTheNewest()
    {
        await database.AddToken("LTC");
        await database.AddToken("BTC");
        await database.AddHours("LTC", "2020-03-01 00:00", "2020-03-05 23:00");
        await database.AddHours("BTC", "2023-12-01 00:00", "2024-01-10 00:00");

        Assert.Equal("4,5", await Days("LTC", Newest, 2));
    }

    [Fact]
    public async Task WindowWithoutGaps_IsOneQuery()
    {
        await database.AddToken("BTC");
        await database.AddHours("BTC", "2024-01-01 00:00", "2024-01-10 11:00");
        var source = Source();
        // The first reading finds out whether the database has a table of corrections.
        await source.ReadAsync("BTC", Newest, 9, Cancel);
        var before = database.Commands.Count;

        await source.ReadAsync("BTC", Newest, 9, Cancel);
        Assert.Equal(1, database.Commands.Count - before);

        // Of a history that is shorter there might be more before it.
        await source.ReadAsync("BTC", Newest, 420, Cancel);
        Assert.Equal(3, database.Commands.Count - before);
    }

    [Fact]
    public async Task UnknownToken_IsNull_AndOneWithoutPricesIsEmpty()
    {
        await database.AddToken("BTC");

        Assert.Null(await Source().ReadAsync("ETH", Newest, 1, Cancel));
        Assert.Null(await Source().ReadAsync("' or 1=1 --", Newest, 1, Cancel));
        Assert.True((await Source().ReadAsync("BTC", Newest, 1, Cancel))!.Bars.IsEmpty);
    }

    [Theory]
    [InlineData("POL", "MATIC")]
    [InlineData("MATIC", "POL")]
    [InlineData("matic", "POL")]
    [InlineData("btc", "BTC")]
    public async Task Token_IsFoundByAliasAndInAnyCase(string stored, string asked)
    {
        await database.AddToken(stored);
        await database.AddRow(stored, "2024-01-05", 100);

        var series = await Source().ReadAsync(asked, Newest, 5, Cancel);

        Assert.Equal(asked == "BTC" ? "BTC" : "MATIC", series!.Symbol);
        Assert.Equal(1, series.Bars.Length);
    }

    [Fact]
    public async Task CanonicalToken_ServesBeforeAnAlias()
    {
        await database.AddToken("POL");
        await database.AddToken("MATIC");
        await database.AddRow("POL", "2024-01-05", 100);
        await database.AddRow("MATIC", "2024-01-06", 200);

        Assert.Equal("6", await Days("POL", Newest, 5));
        Assert.Equal(200, Assert.Single(await Source().ReadLatestAsync(["POL", "MATIC"], Cancel)).Price);
    }

    [Fact]
    public async Task TokenAmongThousands_IsFoundWithoutReadingTheOthers()
    {
        await database.Execute("insert into tokens (id, symbol, name, blockchain) select 'id-T' || i, 'T' || i, 'T', 'none' from generate_series(1, 5000) i");
        await database.AddRow("T77", "2024-01-05", 100);
        var before = await Reads();

        // A history that is shorter than what is asked for takes two queries.
        Assert.Equal("5", await Days("T77", Newest, 5));
        await using (var connection = await database.Source.OpenConnectionAsync(Cancel))
        {
            Assert.Equal("id-T77", (await new Tokens(SymbolCatalog.Default).FindOrAddAsync(connection, ["T77"], Cancel))["T77"]);
        }

        var after = before;
        await Until.True(async () => (after = await Reads()).Found >= before.Found + 3, "the server's counts of what was read");
        // Other connections may tell of earlier tests' few rows meanwhile.
        Assert.InRange(after.Scanned - before.Scanned, 0, 4999);

        async Task<(long Found, long Scanned)> Reads()
        {
            await using var connection = await database.Source.OpenConnectionAsync(Cancel);
            await connection.ExecuteAsync("select pg_stat_force_next_flush()");
            return await connection.QuerySingleAsync<(long, long)>("select idx_tup_fetch, seq_tup_read from pg_stat_user_tables where relname = 'tokens'");
        }
    }

    [Theory]
    [InlineData("50", "1000", 2000)]
    [InlineData("null", "1000", 0)]
    [InlineData("50", "null", 0)]
    [InlineData("0", "1000", 0)]
    public async Task MarketCap_IsTheCloseTimesTheTokensSupply(string currentPrice, string marketCap, double expected)
    {
        await database.AddToken("BTC", currentPrice, marketCap);
        await database.AddRow("BTC", "2024-01-05", 100);

        Assert.Equal(expected, (await Source().ReadAsync("BTC", Newest, 1, Cancel))!.Bars.Span[0].MarketCap);
    }

    [Theory]
    [InlineData("null, 2, 1, 1, 1", "open", "null or NaN")]
    [InlineData("1, null, 1, 1, 1", "high", "null or NaN")]
    [InlineData("1, 2, 0, 1, 1", "low", "0, expected")]
    [InlineData("1, 2, 1, -3, 1", "close", "-3, expected")]
    [InlineData("1, 2, 1, 'NaN', 1", "close", "null or NaN")]
    [InlineData("1, 2, 1, 1, null", "volume", "null or NaN")]
    [InlineData("1, 2, 3, 1, 1", "high", "2, expected at least the low of 3")]
    public async Task FaultyRow_IsNamedByTableSymbolTimeAndColumn(string values, string column, string found)
    {
        await database.AddToken("BTC");
        await database.AddHours("BTC", "2024-01-05 00:00", "2024-01-05 04:00");
        await database.AddRow("BTC", "2024-01-05 05:00", values);
        await database.AddHours("BTC", "2024-01-05 06:00", "2024-01-05 23:00");

        var fault = await Assert.ThrowsAsync<InvalidMarketDataException>(async () => await Source().ReadAsync("BTC", Newest, 1, Cancel));

        Assert.StartsWith($"price_data, symbol BTC, time 2024-01-05 05:00:00 UTC, column {column}: found ", fault.Message, StringComparison.Ordinal);
        Assert.Contains(found, fault.Message, StringComparison.Ordinal);
        // A window that does not hold the row does not suffer from it.
        await database.AddRow("BTC", "2024-01-06", 100);
        Assert.Equal("6", await Days("BTC", Newest, 1));
    }

    [Fact]
    public async Task NegativeMarketCap_IsNamedByItsTable()
    {
        await database.AddToken("BTC", "50", "-1000");
        await database.AddRow("BTC", "2024-01-05", 100);

        var fault = await Assert.ThrowsAsync<InvalidMarketDataException>(async () => await Source().ReadAsync("BTC", Newest, 1, Cancel));
        Assert.StartsWith("tokens, symbol BTC, column market_cap / current_price: found -20", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LatestPrices_AreTheNewestRowsInOneQuery()
    {
        foreach (var symbol in new[] { "BTC", "ETH", "POL", "ADA", "SOL" })
        {
            await database.AddToken(symbol);
        }

        await database.AddHours("BTC", "2024-01-09 00:00", "2024-01-10 11:00");
        await database.AddRow("ETH", "2020-02-03 04:05:06", 5);
        await database.AddRow("POL", "2024-01-10 12:00", 3);
        await database.AddRow("SOL", "2024-01-08", 4);
        var source = Source();
        // Asks once whether the table of versions exists.
        await source.ReadLatestAsync(["BTC"], Cancel);
        var before = database.Commands.Count;

        var latest = await source.ReadLatestAsync(["ETH", "BTC", "NOPE", "ADA", "MATIC", "?", "eth", "SOL"], Cancel);

        Assert.Equal(1, database.Commands.Count - before);
        Assert.Equal(
            [("BTC", 1036, "2024-01-10T11:00:00"), ("ETH", 5, "2020-02-03T04:05:06"), ("MATIC", 3, "2024-01-10T12:00:00"), ("SOL", 4, "2024-01-09T00:00:00")],
            latest.OrderBy(price => price.Symbol).Select(price => (price.Symbol, price.Price, price.Time.ToString("s", CultureInfo.InvariantCulture))));
        Assert.All(latest, price => Assert.Equal(TimeSpan.Zero, price.Time.Offset));
    }

    [Theory]
    [InlineData("null", "null or NaN")]
    [InlineData("0", "0")]
    public async Task LatestPriceThatIsNone_IsNamed(string close, string found)
    {
        await database.AddToken("BTC");
        await database.AddRow("BTC", "2024-01-10 01:00", $"1, 2, 1, {close}, 1");

        var fault = await Assert.ThrowsAsync<InvalidMarketDataException>(async () => await Source().ReadLatestAsync(["BTC"], Cancel));
        Assert.Equal($"price_data, symbol BTC, time 2024-01-10 01:00:00 UTC, column close: found {found}, expected a positive number", fault.Message);
    }

    [Fact]
    public async Task NoServer_IsItsOwnException()
    {
        // Port 1 is reserved; nothing listens there.
        await using var nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=nobody;Database=nothing");
        var source = new PostgresPriceSource(nowhere, SymbolCatalog.Default, FakeTime.At("2024-01-10T12:30:00Z"), TimeSpan.FromSeconds(5));

        await Assert.ThrowsAsync<NpgsqlException>(async () => await source.ReadAsync("BTC", Newest, 1, Cancel));
        await Assert.ThrowsAsync<NpgsqlException>(async () => await source.ReadLatestAsync(["BTC"], Cancel));
    }

    [Fact]
    public async Task BlockedQuery_EndsWithTheCommandTimeoutOrTheCaller()
    {
        await using var connection = await database.Source.OpenConnectionAsync(Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        await using (var block = new NpgsqlCommand("lock table tokens in access exclusive mode", connection, transaction))
        {
            await block.ExecuteNonQueryAsync(Cancel);
        }

        var timeout = await Assert.ThrowsAsync<NpgsqlException>(async () => await Source().ReadAsync("BTC", Newest, 1, Cancel));
        Assert.IsType<TimeoutException>(timeout.InnerException);
        using var caller = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Source().ReadAsync("BTC", Newest, 1, caller.Token));
    }

    private PostgresPriceSource Source(string now = "2024-01-10T12:30:00Z") =>
        new(database.Source, SymbolCatalog.Default, FakeTime.At(now), TimeSpan.FromSeconds(1));

    private async Task<string> Days(string symbol, DateOnly lastDay, int count, PostgresPriceSource? source = null) =>
        string.Join(',', (await (source ?? Source()).ReadAsync(symbol, lastDay, count, Cancel))!.Bars.ToArray().Select(bar => bar.Day.Day));
}
