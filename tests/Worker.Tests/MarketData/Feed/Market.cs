using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.MarketStandIn;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Feed;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Coinsphere.Messaging.Worker.Tests.MarketData.Feed;

/// <summary>The clients as a worker registers them, the stand-in market that they ask, and a folder. It is noon of 2026-03-10 UTC.</summary>
internal sealed class Market : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly DirectoryInfo _folder;

    private Market(IHost host, StandInMarket standIn, DirectoryInfo folder, FakeUtcNow time)
    {
        (_host, StandIn, _folder, Time) = (host, standIn, folder, time);
        Store = new PriceFolderStore(folder.FullName, Contracts.SymbolCatalog.Default, time);
    }

    public StandInMarket StandIn { get; }

    public FakeUtcNow Time { get; }

    public PriceFolderStore Store { get; }

    public string Folder => _folder.FullName;

    public IServiceProvider Services => _host.Services;

    public static async Task<Market> StartAsync(params string[] settings)
    {
        var time = new FakeUtcNow("2026-03-10T12:00:00Z");
        var standIn = await StandInMarket.StartAsync(time);
        var folder = Directory.CreateTempSubdirectory("feed-");
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([
            new("Feed:Binance:Url", standIn.Url), new("Feed:Kraken:Url", standIn.Url), new("Feed:CoinGecko:Url", standIn.Url),
            new("Prices:Folder", folder.FullName),
        ]);
        builder.Configuration.AddInMemoryCollection(settings.Chunk(2).Select(pair => KeyValuePair.Create(pair[0], (string?)pair[1])));
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddSymbols();
        builder.Services.AddPrices(builder.Configuration);
        builder.Services.AddMarketFeeds();
        return new Market(builder.Build(), standIn, folder, time);
    }

    public Task<FetchedSymbol> FetchAsync(string symbol, string since = "2024-01-01", FeedSource source = FeedSource.Binance) =>
        Services.GetRequiredService<FeedRun>().RunAsync(
            Services.GetServices<IMarketFeed>().Single(feed => feed.Source == source), Store, symbol, DateOnly.Parse(since, null), asksOlder: true, _ => { },
            TestContext.Current.CancellationToken);

    public async Task<Bar[]> StoredAsync(string symbol) => (await Store.ReadAsync(symbol, TestContext.Current.CancellationToken))?.Bars.ToArray() ?? [];

    public async ValueTask DisposeAsync()
    {
        _host.Dispose();
        await StandIn.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
