using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Worker.Database;
using Coinsphere.Messaging.Worker.Prices;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coinsphere.Messaging.Integration.Tests.Prices;

public sealed class PriceWriterTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private PriceWriter _writer = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await new Migrator(_database.Source, Migration.Embedded, NullLogger<Migrator>.Instance).ApplyAsync(Cancel);
        _writer = new PriceWriter(_database.Source, new Tokens(SymbolCatalog.Default));
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Counts_TellNewCorrectedAndEqualDays()
    {
        var bars = Bars(10);
        Assert.Equal(new WrittenBars(10, 0, 0), await _writer.WriteAsync("BTC", bars, Cancel));
        Assert.Equal(new WrittenBars(0, 0, 10), await _writer.WriteAsync("BTC", bars, Cancel));

        bars[3] = bars[3] with { Close = 999.5 };
        await _database.ExecuteAsync("insert into price_data select time + interval '5 hours', token_id, 1, 1, 1, 1, 1 from price_data where time = '2024-01-06'");
        Assert.Equal(new WrittenBars(2, 2, 8), await _writer.WriteAsync("BTC", (Bar[])[.. bars, .. Bars(12)[10..]], Cancel));
        Assert.Equal(12, await _database.ValueAsync<int>("select count(*) from price_data"));
    }

    [Fact]
    public async Task WrittenBars_AreReadAsTheyWere()
    {
        var bars = SyntheticSeries.Generate("ETH", new(2022, 1, 1));
        await _writer.WriteAsync("ETH", bars, Cancel);

        var read = await new PostgresPriceSource(_database.Source, SymbolCatalog.Default, TimeProvider.System, TimeSpan.FromSeconds(5)).ReadAsync("ETH", DateOnly.MaxValue, 1000, Cancel);

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
        await _writer.WriteAsync("BTC", Bars(10), Cancel);
        await _database.ExecuteAsync("insert into price_data select time + interval '1 hour', token_id, 1, 1, 1, 1, 1 from price_data");

        var sparse = Bars(10).Where((_, i) => i % 3 == 0).ToArray();
        Assert.Equal(new WrittenBars(0, 4, 0), await _writer.WriteAsync("BTC", sparse, Cancel));

        Assert.Equal("1,2,2,1,2,2,1,2,2,1", await _database.ValueAsync<string>(
            "select string_agg(n::text, ',' order by day) from (select time::date as day, count(*) as n from price_data group by 1) days"));
    }

    [Fact]
    public async Task OtherTokens_StayUntouched()
    {
        await _writer.WriteAsync("BTC", Bars(5), Cancel);
        await _writer.WriteAsync("ETH", Bars(5).Select(bar => bar with { Close = 7 }).ToArray(), Cancel);

        Assert.Equal(5, await _database.ValueAsync<int>("select count(*) from price_data where close <> 7"));
    }

    [Fact]
    public async Task WritersOfTheSameDaysAtOnce_WriteEachDayOnce()
    {
        var written = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => _writer.WriteAsync("BTC", Bars(500), Cancel), Cancel)));

        Assert.Equal(new WrittenBars(500, 0, 3500), written.Aggregate((left, right) => left + right));
    }

    [Fact]
    public async Task OlderBar_LeavesTheTokensFigures()
    {
        await _writer.WriteAsync("BTC", Bars(10), Cancel);
        await _writer.WriteAsync("BTC", Bars(3), Cancel);

        Assert.Equal(109, await _database.ValueAsync<decimal>("select current_price from tokens"));
    }

    private static Bar[] Bars(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new Bar(new DateOnly(2024, 1, 1).AddDays(i), 100, 2000, 1, 100 + i, 10) { MarketCap = 1e9 })];
}
