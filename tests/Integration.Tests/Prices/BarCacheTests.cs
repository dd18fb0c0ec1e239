using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Postgres;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Coinsphere.Messaging.Integration.Tests.Prices;

public sealed class BarCacheTests : IClassFixture<PriceDatabase>, IAsyncLifetime
{
    private static readonly DateOnly Newest = DateOnly.MaxValue;
    private static readonly DateOnly LastClosed = new(2024, 6, 29);

    private readonly PriceDatabase _database;
    private readonly FakeTimeProvider _time = FakeTime.At("2024-06-30T12:00:00Z");
    private readonly PostgresPriceSource _source;
    private readonly MemoryResultCache _cache;
    private SymbolCatalog _catalog = new(["BTC"], []);

    public BarCacheTests(PriceDatabase database)
    {
        _database = database;
        _source = new PostgresPriceSource(database.Source, _catalog, _time, TimeSpan.FromSeconds(5));
        _cache = new MemoryResultCache(_time, Options.Create(new CacheOptions()));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _database.Empty();
        await _database.AddToken("BTC", "100", "1000");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    public async Task CachedBars_AreThoseOfTheSource(double missing)
    {
        // Two years of days, some of them missing.
        var random = new Random(3);
        await AddDays("2022-07-01", "2024-06-30", FormattableString.Invariant($"mod(n * 7919, 1000) >= {missing * 1000}"));
        var bars = Cache();

        for (var i = 0; i < 200; i++)
        {
            var (last, count) = (LastClosed.AddDays(2 - random.Next(1000)), random.Next(1, 500));
            Assert.Equal((await _source.ReadAsync("BTC", last, count, Cancel))!.Bars.ToArray(), (await ReadAsync(bars, last, count))!.Bars.ToArray());
        }
    }

    [Fact]
    public async Task NeighbouringQuestions_TakeOneQuery()
    {
        await AddDays("2022-07-01", "2024-06-30");
        var bars = Cache();

        var before = Queries();
        await ReadAsync(bars, Newest, 420);
        for (var days = 0; days < 60; days++)
        {
            Assert.Equal(LastClosed.AddDays(-days), (await ReadAsync(bars, LastClosed.AddDays(-days), 420))!.Bars.Span[^1].Day);
        }

        Assert.Equal(before + 1, Queries());
    }

    [Fact]
    public async Task ChangedBar_IsSeen_OnceItsSymbolIsInvalidated()
    {
        await AddDays("2024-05-01", "2024-06-29");
        var bars = Cache();
        await ReadAsync(bars, Newest, 30);

        await _database.Execute("update price_data set close = 101 where time = '2024-06-29'");
        Assert.Equal(100, await CloseAsync(bars));
        await _cache.InvalidateAsync("BTC", Cancel);

        Assert.Equal(101, await CloseAsync(bars));
    }

    [Fact]
    public async Task WhatOthersWrite_IsSeen_AfterKeepFor_AndWhenADayIsOver()
    {
        await AddDays("2024-05-01", "2024-06-30");
        var bars = Cache();
        await ReadAsync(bars, Newest, 30);

        await _database.Execute("update price_data set close = 101 where time = '2024-06-29'");
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(100, await CloseAsync(bars));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(101, await CloseAsync(bars));

        _time.SetUtcNow(new(2024, 6, 30, 23, 59, 59, TimeSpan.Zero));
        Assert.Equal(LastClosed, (await ReadAsync(bars, Newest, 30))!.Bars.Span[^1].Day);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(LastClosed.AddDays(1), (await ReadAsync(bars, Newest, 30))!.Bars.Span[^1].Day);
    }

    [Theory]
    [InlineData(false, 60, false)]
    [InlineData(true, 0, false)]
    [InlineData(true, 60, true)]
    public async Task BarsThatNobodyTellsOf_AreNotCached(bool isTold, int seconds, bool isWithoutVersion)
    {
        await AddDays("2024-05-01", "2024-06-29");
        IResultCache cache = isTold ? _cache : new NoResultCache();
        var bars = Cache(seconds);
        CacheVersion? version = isWithoutVersion ? null : await cache.VersionAsync("BTC", Cancel);
        await bars.ReadAsync("BTC", version, Newest, 30, Cancel);

        await _database.Execute("update price_data set close = 101 where time = '2024-06-29'");

        Assert.Equal(101, (await bars.ReadAsync("BTC", version, Newest, 30, Cancel))!.Bars.Span[^1].Close);
    }

    [Fact]
    public async Task FaultOfABarThatIsNotAskedFor_RefusesNothing()
    {
        await AddDays("2024-01-01", "2024-06-29");
        await _database.Execute("update price_data set close = 0 where time = '2024-06-20'");
        var bars = Cache();

        Assert.Equal(new DateOnly(2024, 6, 19), (await ReadAsync(bars, new(2024, 6, 19), 30))!.Bars.Span[^1].Day);
        await Assert.ThrowsAsync<InvalidMarketDataException>(() => ReadAsync(bars, Newest, 30).AsTask());
    }

    [Fact]
    public async Task EverySupportedSymbol_IsCachedBesideOthers()
    {
        string[] symbols = [.. Enumerable.Range(1, 600).Select(i => FormattableString.Invariant($"S{i}"))];
        _catalog = new SymbolCatalog(symbols, []);
        await _database.Execute("insert into tokens (id, symbol, name, blockchain) select 'id-S' || i, 'S' || i, 'S', 'none' from generate_series(1, 600) i");
        await _database.AddToken("RISK");
        var bars = Cache();
        var before = Queries();

        for (var round = 0; round < 2; round++)
        {
            foreach (var symbol in symbols.Append("RISK"))
            {
                await bars.ReadAsync(symbol, await _cache.VersionAsync(symbol, Cancel), Newest, 30, Cancel);
            }
        }

        // Of a history shorter than what is asked for, the source also looks for what is before it.
        Assert.Equal(before + (2 * (symbols.Length + 1)), Queries());
    }

    [Fact]
    public async Task UnknownSymbol_IsUnknown() => Assert.Null(await Cache().ReadAsync("NOPE", await _cache.VersionAsync("NOPE", Cancel), Newest, 30, Cancel));

    private BarCache Cache(int seconds = 60) =>
        new(_source, _catalog, Options.Create(new PricesOptions { KeepFor = TimeSpan.FromSeconds(seconds) }), _time);

    private async ValueTask<BarSeries?> ReadAsync(BarCache bars, DateOnly last, int count) =>
        await bars.ReadAsync("BTC", await _cache.VersionAsync("BTC", Cancel), last, count, Cancel);

    private async Task<double> CloseAsync(BarCache bars) => (await ReadAsync(bars, Newest, 30))!.Bars.Span[^1].Close;

    private int Queries() => _database.Commands.Count(text => text.Contains("price_data row", StringComparison.Ordinal));

    // A row a day, with closes of 100.
    private Task AddDays(string first, string last, string which = "true") => _database.Execute($"""
        insert into price_data
        select time, 'id-BTC', 100, 102, 98, 100, 10 + n
        from generate_series('{first}'::timestamp, '{last}'::timestamp, '1 day') with ordinality as days (time, n)
        where {which}
        """);
}
