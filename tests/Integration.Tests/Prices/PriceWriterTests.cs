using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Risk;
using Coinsphere.Messaging.Integration.Tests.Database;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Postgres;
using Coinsphere.Messaging.Worker.MarketData.Synthetic;
using Coinsphere.Messaging.Worker.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Integration.Tests.Prices;

public sealed class PriceWriterTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private PriceWriter _writer = null!;

    private static readonly DateTimeOffset Sent = new(2024, 7, 1, 0, 0, 5, TimeSpan.Zero);

    private static readonly BarAuthor Author = new("a test");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await new Migrator(_database.Source, Migration.Embedded, NullLogger<Migrator>.Instance).ApplyAsync(Cancel);
        _writer = Writer();
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Counts_TellNewCorrectedAndEqualDays()
    {
        var bars = Bars(10);
        Assert.Equal(new WrittenBars(10, 0, 0), await _writer.WriteAsync("BTC", bars, Sent, Cancel));
        Assert.Equal(new WrittenBars(0, 0, 10), await _writer.WriteAsync("BTC", bars, Sent, Cancel));

        bars[3] = bars[3] with { Close = 999.5 };
        await _database.ExecuteAsync(
            "insert into price_data select time + interval '5 hours', token_id, 1, 1, 1, 1, 1 from price_data where time = '2024-01-06'");
        Assert.Equal(new WrittenBars(2, 2, 8), await _writer.WriteAsync("BTC", (Bar[])[.. bars, .. Bars(12)[10..]], Sent, Cancel));
        Assert.Equal(12, await _database.ValueAsync<int>("select count(*) from price_data"));
    }

    [Fact]
    public async Task WrittenBars_AreReadAsTheyWere()
    {
        var bars = SyntheticSeries.Generate("ETH", new(2022, 1, 1));
        await _writer.WriteAsync("ETH", bars, Sent, Cancel);

        var read = await new PostgresPriceSource(_database.Source, SymbolCatalog.Default, TimeProvider.System, TimeSpan.FromSeconds(5)).ReadAsync(
            "ETH",
            DateOnly.MaxValue,
            2000,
            Cancel);

        Assert.Equal(bars.Length, read!.Bars.Length);
        for (var i = 0; i < bars.Length; i++)
        {
            var bar = read.Bars.Span[i];
            Assert.Equal(bars[i].Day, bar.Day);
            Assert.Equal(bars[i].Close, bar.Close, 1e-8);
            Assert.Equal(bars[i].Volume, bar.Volume, bars[i].Volume * 1e-14);
        }

        Assert.Equal(bars[^1].MarketCap, read.Bars.Span[^1].MarketCap, bars[^1].MarketCap * 1e-9);
    }

    [Fact]
    public async Task DaysMissingBetweenBars_StayUntouched()
    {
        await _writer.WriteAsync("BTC", Bars(10), Sent, Cancel);
        await _database.ExecuteAsync("insert into price_data select time + interval '1 hour', token_id, 1, 1, 1, 1, 1 from price_data");

        var sparse = Bars(10).Where((_, i) => i % 3 == 0).ToArray();
        Assert.Equal(new WrittenBars(0, 4, 0), await _writer.WriteAsync("BTC", sparse, Sent, Cancel));

        Assert.Equal("1,2,2,1,2,2,1,2,2,1", await _database.ValueAsync<string>(
            "select string_agg(n::text, ',' order by day) from (select time::date as day, count(*) as n from price_data group by 1) days"));
    }

    [Fact]
    public async Task OtherTokens_StayUntouched()
    {
        await _writer.WriteAsync("BTC", Bars(5), Sent, Cancel);
        await _writer.WriteAsync("ETH", Bars(5).Select(bar => bar with { Close = 7 }).ToArray(), Sent, Cancel);

        Assert.Equal(5, await _database.ValueAsync<int>("select count(*) from price_data where close <> 7"));
    }

    [Fact]
    public async Task WritersOfTheSameDaysAtOnce_WriteEachDayOnce()
    {
        var written = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => _writer.WriteAsync("BTC", Bars(500), Sent, Cancel), Cancel)));

        Assert.Equal(new WrittenBars(500, 0, 3500), written.Aggregate((left, right) => left + right));
    }

    [Fact]
    public async Task OlderBar_LeavesTheTokensFigures()
    {
        await _writer.WriteAsync("BTC", Bars(10), Sent, Cancel);
        await _writer.WriteAsync("BTC", Bars(3), Sent, Cancel);

        Assert.Equal(109, await _database.ValueAsync<decimal>("select current_price from tokens"));
    }

    [Fact]
    public async Task OlderVersion_NeverTakesThePlaceOfANewerOne()
    {
        await _writer.WriteAsync("BTC", Bars(5), Sent, Cancel);
        await _writer.WriteAsync("BTC", Closing(Bars(5), 107).AsMemory(2, 1), Sent.AddSeconds(2), Cancel);

        Assert.Equal(new WrittenBars(0, 0, 0, 1), await _writer.WriteAsync("BTC", Closing(Bars(5), 108).AsMemory(2, 1), Sent.AddSeconds(1), Cancel));
        Assert.Equal(new WrittenBars(0, 4, 0, 1), await _writer.WriteAsync("BTC", Closing(Bars(5), 109), Sent.AddSeconds(1), Cancel));
        Assert.Equal("109,109,107,109,109", await ClosesAsync());
        Assert.Equal(new WrittenBars(0, 1, 0), await _writer.WriteAsync("BTC", Closing(Bars(5), 111).AsMemory(2, 1), Sent.AddSeconds(2), Cancel));
        Assert.Equal(new WrittenBars(0, 5, 0), await _writer.WriteAsync("BTC", Closing(Bars(5), 112), Sent.AddSeconds(3), Cancel));
        Assert.Equal("112,112,112,112,112", await ClosesAsync());
    }

    [Fact]
    public async Task DayThatAnImportDoesNotHave_TakesAnOlderBar()
    {
        await _writer.WriteAsync("BTC", (Bar[])[.. Bars(3), .. Bars(6)[4..]], Sent, Cancel);

        Assert.Equal(new WrittenBars(1, 0, 0), await _writer.WriteAsync("BTC", Bars(4).AsMemory(3), Sent.AddDays(-1), Cancel));
        Assert.Equal(new WrittenBars(0, 0, 0, 1), await _writer.WriteAsync("BTC", Bars(5).AsMemory(4), Sent.AddDays(-1), Cancel));
    }

    [Fact]
    public async Task VersionsOfDaysThatAreImportedAgain_AreOneRow()
    {
        for (var i = 0; i < 10; i++)
        {
            await _writer.WriteAsync("BTC", Bars(10).AsMemory(i, 1), Sent.AddSeconds(i), Cancel);
        }

        await _writer.WriteAsync("BTC", Bars(10), Sent.AddSeconds(8.5), Cancel);

        // The last bar was sent later.
        Assert.Equal("2024-01-01..2024-01-10,2024-01-10..2024-01-10", await _database.ValueAsync<string>(
            "select string_agg(first_day || '..' || last_day, ',' order by first_day) from coinsphere_bar_versions"));
    }

    [Fact]
    public async Task CorrectionsInAnyOrder_EndWithTheOneThatWasSentLast()
    {
        await _writer.WriteAsync("BTC", Bars(1), Sent, Cancel);
        // As many writers as there are workers, each with a share of the burst in an order of its own.
        var writers = Enumerable.Range(0, 4).Select(_ => Writer()).ToArray();
        var burst = Enumerable.Range(1, 40).ToArray();
        new Random(16).Shuffle(burst);

        await Task.WhenAll(
            burst.Select(i => Task.Run(() => writers[i % 4].WriteAsync("BTC", Closing(Bars(1), 100 + i), Sent.AddMilliseconds(i), Cancel), Cancel)));

        Assert.Equal("140", await ClosesAsync());
    }

    [Fact]
    public async Task OlderBar_LeavesTheTokensFiguresToo()
    {
        await _writer.WriteAsync("BTC", Closing(Bars(1), 200), Sent, Cancel);
        await _writer.WriteAsync("BTC", Closing(Bars(1), 300), Sent.AddSeconds(-1), Cancel);

        Assert.Equal(200, await _database.ValueAsync<decimal>("select current_price from tokens"));
    }

    [Fact]
    public async Task CorrectedDays_AreReadWithTheBars_ForAWeek()
    {
        await _writer.WriteAsync("BTC", Bars(10), Sent, Cancel);
        await _writer.WriteAsync("BTC", Bars(10), Sent.AddSeconds(1), Cancel);
        Assert.Empty((await ReadAsync("BTC")).CorrectedDays);

        await _writer.WriteAsync("BTC", Closing(Bars(10), 500).AsMemory(4, 2), Sent.AddSeconds(2), Cancel);
        Assert.Equal([new(2024, 1, 5), new(2024, 1, 6)], (await ReadAsync("BTC")).CorrectedDays.Order());

        await _database.ExecuteAsync(
            "update coinsphere_bar_versions set corrected_at = corrected_at - interval '8 days' where first_day = '2024-01-05' and last_day = '2024-01-05'");
        Assert.Equal([new(2024, 1, 6)], (await ReadAsync("BTC")).CorrectedDays);
    }

    [Fact]
    public async Task TinyPrices_AreHeldByOurTables_ToTheLastDigit()
    {
        Bar[] bars = [.. SyntheticSeries.Generate("ETH", new(2024, 1, 1)).Select(bar => Scaled(bar, 1e-11))];
        Assert.Null(await _writer.CheckAsync(bars, Cancel));
        await _writer.WriteAsync("MICRO", bars, Sent, Cancel);

        var read = await ReadAsync("MICRO");

        Assert.Equal(bars.Length, read.Bars.Length);
        for (var i = 0; i < bars.Length; i++)
        {
            Assert.Equal(bars[i].Close, read.Bars.Span[i].Close, bars[i].Close * 1e-14);
        }

        // What risk is scored by is the same from a folder and from here.
        var (here, folder) = (RiskScorer.Score(read)!, RiskScorer.Score(new BarSeries("MICRO", bars))!);
        Assert.Equal((folder.Score, folder.Volatility.Value, folder.TrendStrength.Value), (here.Score, here.Volatility.Value, here.TrendStrength.Value));
    }

    [Theory]
    [InlineData(2e-8, "open")]
    [InlineData(1.2344e-4, null)]
    [InlineData(1e11, "open")]
    public async Task PriceThatTheOriginalTablesWouldChange_IsNamed(double price, string? column)
    {
        await _database.ExecuteAsync("drop table price_data, tokens, predictions");
        await _database.ExecuteAsync(OriginalTables.Sql);

        var found = await Writer().CheckAsync(
            new[] { Scaled(Bars(3)[0], 1) with { Open = price * 1.07, High = price * 1.1, Low = price, Close = price, Volume = 1, MarketCap = 0 } },
            Cancel);

        Assert.Equal((column, column is null ? default : new DateOnly(2024, 1, 1)), (found?.Fault.Column, found?.Day ?? default));
        if (found is { Fault: var fault })
        {
            Assert.Matches(@"^a number that price_data\.open .*numeric\(18,8\)", fault.Expected);
        }
    }

    [Fact]
    public async Task CloseThatNoMarketMakesOfTheOneBefore_IsRefused_UnlessAccepted()
    {
        await _writer.WriteAsync("BTC", Bars(5), Sent, Cancel);
        var next = Closing(Bars(7), 2000).AsMemory(6);

        var fault = await Assert.ThrowsAsync<InvalidMarketDataException>(() => _writer.WriteAsync("BTC", next, Sent, Cancel));
        Assert.StartsWith("the close of BTC of 2024-01-07 is 19.23 times the close before it", fault.Message, StringComparison.Ordinal);
        Assert.Equal(5, await _database.ValueAsync<int>("select count(*) from price_data"));
        Assert.Equal(new WrittenBars(1, 0, 0), await Writer("BTC:2024-01-07").WriteAsync("BTC", next, Sent, Cancel));
    }

    [Fact]
    public async Task StoredDay_ChangesOnlyByACorrection_WhichKeepsWhatWasThere()
    {
        await _writer.WriteAsync("BTC", Bars(5), Sent, Author, Cancel);
        Assert.Equal(new WrittenBars(0, 0, 5), await _writer.WriteAsync("BTC", Bars(5), Sent.AddSeconds(1), Author, Cancel));

        var changed = Bars(6);
        changed[3] = changed[3] with { Close = 999.5, Volume = 11 };
        changed[4] = changed[4] with { Open = 101 };
        var fault = await Assert.ThrowsAsync<InvalidMarketDataException>(() => _writer.WriteAsync("BTC", changed, Sent.AddSeconds(2), Author, Cancel));
        Assert.Equal(
            "the bar of BTC of 2024-01-04 differs from the stored one (close 999.5, stored 103; volume 11, stored 10), and 1 more: expected the same bar, or a "
            + "correction with its reason (correction in the message, --correct of the command)",
            fault.Message);
        Assert.Equal("100,101,102,103,104", await ClosesAsync());
        Assert.Equal(0, await _database.ValueAsync<int>("select count(*) from coinsphere_corrections"));

        Assert.Equal(new WrittenBars(1, 2, 3), await _writer.WriteAsync("BTC", changed, Sent.AddSeconds(3), Cancel));
        Assert.Equal("100,101,102,999.5,104,105", await ClosesAsync());
        Assert.Equal(
            "2024-01-04 {\"open\":100,\"high\":2000,\"low\":1,\"close\":103,\"volume\":10} "
            + "{\"open\":100,\"high\":2000,\"low\":1,\"close\":999.5,\"volume\":11} a test: the exchange corrected it",
            await _database.ValueAsync<string>(
                "select concat_ws(' ', day, was, became, who || ': ' || why) from coinsphere_corrections where symbol = 'BTC' order by day limit 1"));
        Assert.Equal(
            "a test prices corrected BTC: 2 bars of 2024-01-04 to 2024-01-05: the exchange corrected it",
            await _database.ValueAsync<string>("select who || ' ' || act || ' ' || symbol || ': ' || outcome from coinsphere_audit"));
    }

    [Fact]
    public async Task RowsOfHours_AreTheSameDayWhereTheirPricesAre()
    {
        await _database.ExecuteAsync("insert into tokens (id, symbol, name, blockchain) values ('b', 'BTC', 'Bitcoin', 'b')");
        await _database.ExecuteAsync("""
            insert into price_data (time, token_id, open, high, low, close, volume)
            values ('2024-01-01 00:00', 'b', 100, 2000, 90, 95, 3), ('2024-01-01 01:00', 'b', 95, 120, 1, 100, 6)
            """);

        var other = Bars(1)[0] with { Close = 101 };
        await Assert.ThrowsAsync<InvalidMarketDataException>(() => _writer.WriteAsync("BTC", new[] { other }, Sent, Author, Cancel));
        Assert.Equal(new WrittenBars(0, 1, 0), await _writer.WriteAsync("BTC", Bars(1), Sent, Author, Cancel));
        Assert.Equal(1, await _database.ValueAsync<int>("select count(*) from price_data"));
    }

    [Fact]
    public async Task BarBeforeAStoredOne_IsRefusedWhereTheNextCloseIsTooFar()
    {
        await _writer.WriteAsync("BTC", Bars(3).AsMemory(2), Sent, Author, Cancel);

        var fault = await Assert.ThrowsAsync<InvalidMarketDataException>(
            () => _writer.WriteAsync("BTC", Closing(Bars(2), 2).AsMemory(1), Sent, Author, Cancel));
        Assert.StartsWith("the close of BTC of 2024-01-03 is 51 times the close before it", fault.Message, StringComparison.Ordinal);
        Assert.Equal(new WrittenBars(1, 0, 0), await _writer.WriteAsync("BTC", Bars(2).AsMemory(1), Sent, Author, Cancel));

        // A row that another program wrote two years ahead stops nobody.
        await _database.ExecuteAsync("insert into price_data select now() + interval '2 years', token_id, 9e9, 9e9, 9e9, 9e9, 1 from price_data limit 1");
        Assert.Equal(new WrittenBars(1, 0, 0), await _writer.WriteAsync("BTC", Bars(4).AsMemory(3), Sent, Author, Cancel));
    }

    private PriceWriter Writer(string? acceptedJumps = null) => new(
        _database.Source, new Tokens(SymbolCatalog.Default), new StoredColumns(_database.Source),
        new SeriesChecks(Options.Create(new PricesOptions { AcceptedJumps = acceptedJumps }), SymbolCatalog.Default), TimeProvider.System);

    private async Task<BarSeries> ReadAsync(string symbol) =>
        (await new PostgresPriceSource(_database.Source, SymbolCatalog.Default, TimeProvider.System, TimeSpan.FromSeconds(5)).ReadAsync(
            symbol,
            DateOnly.MaxValue,
            3000,
            Cancel))!;

    private Task<string?> ClosesAsync() => _database.ValueAsync<string>("select string_agg(close::float8::text, ',' order by time) from price_data");

    private static Bar[] Closing(Bar[] bars, double close) => [.. bars.Select(bar => bar with { Close = close })];

    private static Bar Scaled(Bar bar, double by) => bar with { Open = bar.Open * by, High = bar.High * by, Low = bar.Low * by, Close = bar.Close * by };

    private static Bar[] Bars(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new Bar(new DateOnly(2024, 1, 1).AddDays(i), 100, 2000, 1, 100 + i, 10) { MarketCap = 1e9 })];
}
