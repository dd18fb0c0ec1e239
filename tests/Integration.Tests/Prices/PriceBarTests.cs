using System.Text;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting;
using Coinsphere.Messaging.Integration.Tests.Database;

namespace Coinsphere.Messaging.Integration.Tests.Prices;

public sealed class PriceBarTests : IAsyncLifetime
{
    private static readonly DateOnly Day = new(2024, 6, 30);

    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Bar_BecomesARow_AndItsCorrectionReplacesIt()
    {
        await using var worker = await DatabaseWorker.StartAsync(_database);

        await worker.PublishAsync(Bar(close: 62_678.29));
        await WrittenAsync("62678.29000000");
        await worker.PublishAsync(Bar(close: 62_700));
        await WrittenAsync("62700.00000000");

        Assert.Equal(
            """{"low": 61000.00000000, "high": 63000.00000000, "open": 62000.00000000, "time": "2024-06-30T00:00:00", "close": 62700.00000000, "symbol": "BTC", "volume": 1234.50000000, "token_id": "coinsphere-BTC", "market_cap": 1230000000000.00, "current_price": 62700.00000000}""",
            await _database.RowsAsync("select price_data.*, symbol, current_price, market_cap from price_data join tokens on id = token_id"));
    }

    [Fact]
    public async Task Bar_TakesThePlaceOfTheDaysHourlyRows()
    {
        await _database.ExecuteAsync(OriginalTables.Sql);
        await using var worker = await DatabaseWorker.StartAsync(_database);

        await worker.PublishAsync(Bar() with { Day = new(2024, 1, 1) });
        await WrittenAsync("62500.00000000");

        Assert.Equal("1,24", await _database.ValueAsync<string>("select string_agg(n::text, ',' order by day) from (select time::date as day, count(*) as n from price_data group by 1) days"));
        // The original system keeps its own figures of a token it knows.
        Assert.Equal(50_000, await _database.ValueAsync<decimal>("select current_price from tokens where symbol = 'BTC'"));
    }

    [Fact]
    public async Task SymbolWithoutAToken_GetsOne_AlsoInTheOriginalTable()
    {
        await _database.ExecuteAsync(OriginalTables.Sql);
        await using var worker = await DatabaseWorker.StartAsync(_database);

        await Task.WhenAll(Enumerable.Range(1, 20).Select(day => worker.PublishAsync(Bar() with { Symbol = day % 2 == 0 ? "pol" : "MATIC", Day = new(2024, 6, day) })));
        await _database.UntilAsync("select count(*) = 20 from price_data where token_id = 'coinsphere-MATIC'");

        Assert.Equal("BTC,MATIC", await _database.ValueAsync<string>("select string_agg(symbol, ',' order by symbol) from tokens"));
    }

    [Fact]
    public async Task Bar_EndsTheSymbolsCachedAnswers()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var worker = await DatabaseWorker.StartAsync(_database);
        var (btc, eth) = (new CacheKey("BTC", "prediction:BTC:7d"), new CacheKey("ETH", "prediction:ETH:7d"));
        foreach (var key in new[] { btc, eth })
            await worker.Cache.StoreAsync(key, await worker.Cache.EpochAsync(key.Symbol, cancel), Encoding.UTF8.GetBytes("{}"), TimeSpan.FromHours(1), cancel);

        await worker.PublishAsync(Bar());
        await worker.Harness.GetConsumerHarness<Worker.Prices.PriceBarConsumer>().Consumed.Any<PriceBarClosed>(cancel);

        Assert.Null(await worker.Cache.ReadAsync(btc, cancel));
        Assert.NotNull(await worker.Cache.ReadAsync(eth, cancel));
    }

    [Theory]
    [InlineData("no symbol", "2024-06-30", 1, 1, "unsupported_symbol", "'no symbol' is no symbol")]
    [InlineData("BTC", "2024-07-01", 1, 1, "invalid_request", "2024-06-30, the last UTC day that is over, found 2024-07-01")]
    [InlineData("BTC", "2030-01-01", 1, 1, "invalid_request", "found 2030-01-01")]
    [InlineData("BTC", "0001-01-01", 1, 1, "invalid_request", "found 0001-01-01")]
    [InlineData("BTC", "2024-06-30", -1, 1, "invalid_request", "low of BTC of 2024-06-30 is -1: expected a positive number")]
    [InlineData("BTC", "2024-06-30", 1e-9, 1, "invalid_request", "low of BTC of 2024-06-30 is 1E-09: expected a price that the database holds")]
    [InlineData("BTC", "2024-06-30", 1, 1e17, "invalid_request", "volume of BTC of 2024-06-30 is 1E+17: expected an amount that the database holds")]
    public async Task BarThatIsNone_IsRefusedWithTheReason(string symbol, string day, double low, double volume, string reason, string detail)
    {
        await using var worker = await DatabaseWorker.StartAsync(_database);
        var bar = Bar() with { Symbol = symbol, Day = DateOnly.ParseExact(day, "yyyy-MM-dd"), Low = low, Volume = volume };

        var refusal = await worker.AskAsync<PriceBarClosed, RequestRefused>(bar);

        Assert.Equal(reason, refusal.Reason == RefusalReason.UnsupportedSymbol ? "unsupported_symbol" : refusal.Reason == RefusalReason.InvalidRequest ? "invalid_request" : "");
        Assert.Contains(detail, refusal.Detail, StringComparison.Ordinal);
        Assert.Equal(0, await _database.ValueAsync<int>("select count(*) from price_data"));
    }

    [Fact]
    public async Task BarThatTheDatabaseDoesNotTake_IsRefusedWithTheReason()
    {
        await _database.ExecuteAsync(OriginalTables.Sql);
        await _database.ExecuteAsync("alter table price_data add check (close < 1000)");
        await using var worker = await DatabaseWorker.StartAsync(_database);

        var refusal = await worker.AskAsync<PriceBarClosed, RequestRefused>(Bar());

        Assert.Contains("the database does not take the bar of BTC of 2024-06-30: ", refusal.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectionLostWhileWriting_IsTriedAgain()
    {
        await using var worker = await DatabaseWorker.StartAsync(_database);
        await using var blocker = await _database.Source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await blocker.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var block = blocker.CreateCommand())
        {
            block.CommandText = "lock table price_data in access exclusive mode";
            await block.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await worker.PublishAsync(Bar());
        await _database.UntilAsync("select count(pg_terminate_backend(pid)) > 0 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'");
        await transaction.RollbackAsync(TestContext.Current.CancellationToken);

        await WrittenAsync("62500.00000000");
    }

    [Fact]
    public async Task DatabaseThatIsOnlyRead_IsNeitherMigratedNorWritten()
    {
        await _database.ExecuteAsync(OriginalTables.Sql);
        var before = await _database.RowsAsync(OriginalTables.Shape);
        await using var worker = await DatabaseWorker.StartAsync(_database, "Database:ReadOnly", "true");

        await worker.PublishAsync(Bar());
        await worker.Harness.Published.Any<PriceBarClosed>(TestContext.Current.CancellationToken);

        Assert.Equal(before, await _database.RowsAsync(OriginalTables.Shape));
        Assert.Null(await _database.ValueAsync<string>("select to_regclass('coinsphere_migrations')::text"));
    }

    private Task WrittenAsync(string close) => _database.UntilAsync($"select exists (select from price_data where close = {close})");

    private static PriceBarClosed Bar(double close = 62_500) => new("btc", Day, 62_000, 63_000, 61_000, close, 1234.5, 1.23e12);
}
