using System.Text;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Integration.Tests.Database;
using Coinsphere.Messaging.Worker.MarketData.Synthetic;
using Coinsphere.Messaging.Worker.Storage;
using Coinsphere.Messaging.Worker.Training;
using Microsoft.Extensions.DependencyInjection;

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
        await WrittenAsync("62678.29");
        await worker.PublishAsync(Bar(close: 62_700) with { Correction = "the exchange has other numbers" });
        await WrittenAsync("62700");
        Assert.Equal(
            "prices corrected BTC: the bar of 2024-06-30: the exchange has other numbers",
            await _database.ValueAsync<string>("select act || ' ' || symbol || ': ' || outcome from coinsphere_audit"));

        Assert.Equal(
            """{"low": 61000, "high": 63000, "open": 62000, "time": "2024-06-30T00:00:00", "close": 62700, "symbol": "BTC", "volume": 1234.5, "token_id":"""
                + """ "coinsphere-BTC", "market_cap": 1230000000000, "current_price": 62700}""",
            await _database.RowsAsync("select price_data.*, symbol, current_price, market_cap from price_data join tokens on id = token_id"));
    }

    [Fact]
    public async Task Bar_TakesThePlaceOfTheDaysHourlyRows()
    {
        await _database.ExecuteAsync(OriginalTables.Sql);
        await using var worker = await DatabaseWorker.StartAsync(_database);

        await worker.PublishAsync(Bar() with { Day = new(2024, 1, 1), Correction = "the whole day" });
        await WrittenAsync("62500");

        Assert.Equal("1,24", await _database.ValueAsync<string>(
            "select string_agg(n::text, ',' order by day) from (select time::date as day, count(*) as n from price_data group by 1) days"));
        // The original system keeps its own figures of a token it knows.
        Assert.Equal(50_000, await _database.ValueAsync<decimal>("select current_price from tokens where symbol = 'BTC'"));
    }

    [Fact]
    public async Task SymbolWithoutAToken_GetsOne_AlsoInTheOriginalTable()
    {
        await _database.ExecuteAsync(OriginalTables.Sql);
        await using var worker = await DatabaseWorker.StartAsync(_database);

        await Task.WhenAll(
            Enumerable.Range(1, 20).Select(day => worker.PublishAsync(Bar() with { Symbol = day % 2 == 0 ? "pol" : "MATIC", Day = new(2024, 6, day) })));
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
        {
            await worker.Cache
                .StoreAsync(key, await worker.Cache.VersionAsync(key.Symbol, cancel), Encoding.UTF8.GetBytes("{}"), TimeSpan.FromHours(1), cancel);
        }

        await worker.PublishAsync(Bar());
        await Until.True(async () => await worker.Cache.ReadAsync(btc, cancel) is null);

        Assert.NotNull(await worker.Cache.ReadAsync(eth, cancel));
    }

    [Theory]
    [InlineData("no symbol", "2024-06-30", 1, 1, "unsupported_symbol", "'no symbol' is not a symbol")]
    [InlineData("BTC", "2024-07-01", 1, 1, "invalid_request", "2024-06-30, the last UTC day that is over, found 2024-07-01")]
    [InlineData("BTC", "2030-01-01", 1, 1, "invalid_request", "found 2030-01-01")]
    [InlineData("BTC", "0001-01-01", 1, 1, "invalid_request", "found 0001-01-01")]
    [InlineData("BTC", "2024-06-30", -1, 1, "invalid_request", "low of BTC of 2024-06-30 is -1: expected a positive number")]
    [InlineData("BTC", "2024-06-30", 62_001, 1, "invalid_request", "low of BTC of 2024-06-30 is 62001: expected at most the open of 62000")]
    public async Task BarThatIsNone_IsRefusedWithTheReason(string symbol, string day, double low, double volume, string reason, string detail)
    {
        await using var worker = await DatabaseWorker.StartAsync(_database);
        var bar = Bar() with { Symbol = symbol, Day = DateOnly.ParseExact(day, "yyyy-MM-dd"), Low = low, Volume = volume };

        var refusal = await worker.AskAsync<PriceBarClosed, RequestRefused>(bar);

        Assert.Equal(
            reason,
            refusal.Reason == RefusalReason.UnsupportedSymbol ? "unsupported_symbol" : refusal.Reason == RefusalReason.InvalidRequest ? "invalid_request" : "");
        Assert.Contains(detail, refusal.Detail, StringComparison.Ordinal);
        Assert.Equal(0, await _database.ValueAsync<int>("select count(*) from price_data"));
    }

    [Theory]
    [InlineData(1e-9, 1, "low of BTC of 2024-06-30 is 1E-09: expected a number that price_data.low can store within 0.01 %: numeric(18,8) "
        + "rounds it to 0, numeric without a scale would not")]
    [InlineData(1, 1e17, "volume of BTC of 2024-06-30 is 1E+17: expected a number that price_data.volume of type numeric(24,8) can store")]
    public async Task BarThatTheOriginalTablesWouldChange_IsRefusedByName(double low, double volume, string detail)
    {
        await _database.ExecuteAsync(OriginalTables.Sql);
        await using var worker = await DatabaseWorker.StartAsync(_database);

        var refusal = await worker.AskAsync<PriceBarClosed, RequestRefused>(Bar() with { Low = low, Volume = volume, Correction = "a test" });

        Assert.Equal(new RequestRefused(RefusalReason.InvalidRequest, detail), refusal);
    }

    [Fact]
    public async Task CloseThatNoMarketMakes_IsRefused_UnlessAccepted()
    {
        await using var worker = await DatabaseWorker.StartAsync(_database, "Prices:AcceptedJumps", "ETH:2024-06-30");
        foreach (var symbol in new[] { "BTC", "ETH" })
        {
            await worker.PublishAsync(Bar() with { Symbol = symbol, Day = Day.AddDays(-1) });
            await _database.UntilAsync($"select exists (select from price_data where token_id = 'coinsphere-{symbol}')");
        }

        var thousandth = Bar() with { Open = 62, High = 63, Low = 61, Close = 62.5 };
        var refusal = await worker.AskAsync<PriceBarClosed, RequestRefused>(thousandth);
        await worker.PublishAsync(thousandth with { Symbol = "ETH" });
        await WrittenAsync("62.5");

        Assert.Equal(RefusalReason.PricesRejected, refusal.Reason);
        Assert.StartsWith("the close of BTC of 2024-06-30 is 0.001 times the close before it", refusal.Detail, StringComparison.Ordinal);
        Assert.Equal(3, await _database.ValueAsync<int>("select count(*) from price_data"));
    }

    [Fact]
    public async Task StoredDay_IsNotOverwrittenSilently()
    {
        await using var worker = await DatabaseWorker.StartAsync(_database);
        await worker.PublishAsync(Bar());
        await WrittenAsync("62500");

        var refusal = await worker.AskAsync<PriceBarClosed, RequestRefused>(Bar(close: 62_501));

        Assert.Equal(RefusalReason.PricesRejected, refusal.Reason);
        Assert.StartsWith("the bar of BTC of 2024-06-30 differs from the stored one (close 62501, stored 62500", refusal.Detail, StringComparison.Ordinal);
        Assert.Equal(62_500, await _database.ValueAsync<double>("select close::float8 from price_data"));
    }

    [Theory]
    [InlineData(9.9e9, 61_000, "high", "9900000000")]
    [InlineData(63_000, 2e-8, "low", "2E-08")]
    public async Task PriceFarFromItsClose_IsRefused_UnlessItIsACorrection(double high, double low, string column, string shown)
    {
        await using var worker = await DatabaseWorker.StartAsync(_database);
        var bar = Bar() with { High = high, Low = low };

        var refusal = await worker.AskAsync<PriceBarClosed, RequestRefused>(bar);

        Assert.Equal(
            new RequestRefused(
                RefusalReason.PricesRejected,
                $"the {column} of BTC of 2024-06-30 is {shown}: expected 0.1 to 10 times the close of 62500, "
                    + "or Prices:AcceptedJumps=BTC:2024-06-30 where it is right"),
            refusal);
        await worker.PublishAsync(bar with { Correction = "the exchange says so" });
        await WrittenAsync("62500");
    }

    [Theory]
    [InlineData("", "correction must be a reason of 1 to 200 characters in one line, found ''")]
    [InlineData("a\nb", "correction must be a reason of 1 to 200 characters in one line, found 'a?b'")]
    public async Task CorrectionWithoutAReason_IsRefused(string reason, string detail)
    {
        await using var worker = await DatabaseWorker.StartAsync(_database);
        var refusal = await worker.AskAsync<PriceBarClosed, RequestRefused>(Bar() with { Correction = reason });
        Assert.Equal(new RequestRefused(RefusalReason.InvalidRequest, detail), refusal);
    }

    [Fact]
    public async Task CorrectionThatComesLate_DoesNotTakeThePlaceOfANewerOne()
    {
        await using var worker = await DatabaseWorker.StartAsync(_database);
        await worker.PublishAsync(Bar(close: 62_100));
        await WrittenAsync("62100");
        // The message before was sent, by its envelope, at a time that has not come where the clock stands: its version is the time of receipt.
        Assert.Equal("2024-07-01 12:00:00+00", await _database.ValueAsync<string>("select version::text from coinsphere_bar_versions"));
        await _database.ExecuteAsync("update coinsphere_bar_versions set version = version + interval '1 second'");

        await worker.PublishAsync(Bar(close: 62_200) with { Correction = "late" });
        await worker.Harness.InactivityTask;

        Assert.Equal(62_100, await _database.ValueAsync<double>("select close::float8 from price_data"));
    }

    [Fact]
    public async Task CorrectedBar_IsWarnedAbout()
    {
        await using var worker = await DatabaseWorker.StartAsync(_database);
        await worker.Services.GetRequiredService<PriceWriter>()
            .WriteAsync("BTC", SyntheticSeries.Generate("BTC", Day), DateTimeOffset.UnixEpoch, TestContext.Current.CancellationToken);
        Assert.Empty((await worker.AskAsync<RiskRequested, RiskAnswer>(new("BTC"), Endpoints.Risk)).DataWarnings);
        var close = await _database.ValueAsync<double>("select close::float8 from price_data order by time desc limit 1");

        await worker.PublishAsync(Bar() with { Open = close, High = close * 1.2, Low = close * 0.9, Close = close * 1.1, Correction = "wrong" });
        await Until.True(async () => (await worker.AskAsync<RiskRequested, RiskAnswer>(new("BTC"), Endpoints.Risk)).DataWarnings.Count > 0);

        Assert.Equal(
            ["Prices were corrected in the last 7 days: the bar of 2024-06-30"],
            (await worker.AskAsync<RiskRequested, RiskAnswer>(new("BTC"), Endpoints.Risk)).DataWarnings);
        Assert.Equal(
            ["Prices were corrected in the last 7 days: the bar of 2024-06-30"],
            (await worker.AskAsync<PredictRequested, PredictionAnswer>(new("BTC"), Endpoints.Predict)).Warnings
                .Where(warning => warning.Contains("corrected", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task CorrectedDay_IsLeftOutOfTrainings_WhichSaySo()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var worker = await DatabaseWorker.StartAsync(_database);
        var bars = SyntheticSeries.Generate("BTC", Day);
        var writer = worker.Services.GetRequiredService<PriceWriter>();
        await writer.WriteAsync("BTC", bars, DateTimeOffset.UnixEpoch, cancel);
        var wrong = bars[^3] with { High = bars[^3].High * 3 };
        await writer.WriteAsync("BTC", new[] { wrong }, DateTimeOffset.UnixEpoch.AddSeconds(1), cancel);
        List<string> failures = [], notes = [];

        var histories = await worker.Services.GetRequiredService<TrainingHistories>()
            .ReadAsync(["BTC"], Day, (reason, _) => failures.Add(reason), notes.Add, cancel);

        Assert.Empty(failures);
        Assert.Equal(["BTC: the day 2024-06-28, corrected in the last 7 days"], notes);
        var read = Assert.Single(histories).Series.Bars;
        Assert.Equal(bars.Length - 1, read.Length);
        Assert.DoesNotContain(read.ToArray(), bar => bar.Day == wrong.Day);
    }

    [Fact]
    public async Task BarThatTheDatabaseDoesNotTake_IsRefusedWithTheReason()
    {
        await _database.ExecuteAsync(OriginalTables.Sql);
        await _database.ExecuteAsync("alter table price_data add check (close < 110)");
        await using var worker = await DatabaseWorker.StartAsync(_database);

        var refusal = await worker.AskAsync<PriceBarClosed, RequestRefused>(Bar() with { Open = 111, High = 112, Low = 110, Close = 111 });

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
        await _database.UntilAsync(
            "select count(pg_terminate_backend(pid)) > 0 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'");
        await transaction.RollbackAsync(TestContext.Current.CancellationToken);

        await WrittenAsync("62500");
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
