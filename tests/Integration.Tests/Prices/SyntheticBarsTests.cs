using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Integration.Tests.Database;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Postgres;
using Coinsphere.Messaging.Worker.MarketData.Synthetic;
using Coinsphere.Messaging.Worker.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Integration.Tests.Prices;

/// <summary>Invented bars in the database keep their label, and are never mixed with real ones.</summary>
public sealed class SyntheticBarsTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Sent = new(2024, 7, 1, 0, 0, 5, TimeSpan.Zero);

    private readonly Bar[] _invented = SyntheticSeries.Generate("BTC", new(2022, 1, 1));
    private TestDatabase _database = null!;
    private PriceWriter _writer = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await new Migrator(_database.Source, Migration.Embedded, NullLogger<Migrator>.Instance).ApplyAsync(Cancel);
        _writer = new PriceWriter(
            _database.Source, new Tokens(SymbolCatalog.Default), new StoredColumns(_database.Source),
            new SeriesChecks(Options.Create(new PricesOptions()), SymbolCatalog.Default), TimeProvider.System);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task InventedBars_AreReadAsSuch_OnEveryDay()
    {
        Assert.Equal(new WrittenBars(1000, 0, 0), await _writer.WriteSyntheticAsync("BTC", _invented.AsMemory(0, 1000), Sent, Cancel));
        Assert.Equal(new WrittenBars(_invented.Length - 1000, 0, 0), await _writer.WriteSyntheticAsync("BTC", _invented.AsMemory(1000), Sent, Cancel));
        Assert.Equal(new WrittenBars(0, 0, 1000), await _writer.WriteSyntheticAsync("BTC", _invented.AsMemory(0, 1000), Sent, Cancel));
        await _writer.WriteAsync("ETH", Real(5), Sent, new BarAuthor("test"), Cancel);
        var source = Source();

        Assert.True((await source.ReadAsync("BTC", DateOnly.MaxValue, 100, Cancel))!.IsSynthetic);
        Assert.True((await source.ReadAsync("BTC", new(2019, 1, 1), 100, Cancel))!.IsSynthetic);
        Assert.False((await source.ReadAsync("ETH", DateOnly.MaxValue, 100, Cancel))!.IsSynthetic);
        var latest = await source.ReadLatestAsync(["BTC", "ETH"], Cancel);
        Assert.Equal([("BTC", true), ("ETH", false)], latest.Select(price => (price.Symbol, price.IsSynthetic)));
    }

    [Fact]
    public async Task RealBar_RemovesTheInventedOnes()
    {
        await _writer.WriteSyntheticAsync("BTC", _invented, Sent.AddDays(1), Cancel);

        Assert.Equal(new WrittenBars(3, 0, 0), await _writer.WriteAsync("BTC", Real(3), Sent, new BarAuthor("test"), Cancel));

        var series = await Source().ReadAsync("BTC", DateOnly.MaxValue, 1000, Cancel);
        Assert.False(series!.IsSynthetic);
        Assert.Equal(Real(3).Select(bar => bar.Close), series.Bars.ToArray().Select(bar => bar.Close));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RealBars_AreNotReplacedByInventedOnes(bool byOthers)
    {
        await _writer.WriteAsync("BTC", Real(3), Sent, new BarAuthor("test"), Cancel);
        if (byOthers)
        {
            await _database.ExecuteAsync("delete from coinsphere_bar_versions");
        }

        var refused = await Assert.ThrowsAsync<InvalidMarketDataException>(() => _writer.WriteSyntheticAsync("BTC", _invented, Sent, Cancel));

        Assert.Equal("the bars of BTC are synthetic, and the database has real ones: expected a database without", refused.Message);
        Assert.Equal(3, await _database.ValueAsync<int>("select count(*) from price_data"));
    }

    private PostgresPriceSource Source() => new(_database.Source, SymbolCatalog.Default, TimeProvider.System, TimeSpan.FromSeconds(5));

    private static Bar[] Real(int days) => [.. Enumerable.Range(0, days).Select(i => new Bar(new DateOnly(2024, 1, 1).AddDays(i), 5, 9, 1, 5 + i, 10))];
}
