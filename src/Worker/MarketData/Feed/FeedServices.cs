using System.Threading.RateLimiting;
using Coinsphere.Messaging.Hosting.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.MarketData.Feed;

internal static class FeedServices
{
    /// <summary>
    /// Adds the exchanges' clients and <see cref="FeedRun"/>. Needs a <see cref="Contracts.SymbolCatalog"/> and the prices' <see cref="SeriesChecks"/>.
    /// </summary>
    public static IServiceCollection AddMarketFeeds(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IValidateOptions<FeedOptions>, FeedOptionsValidator>();
        services.AddOptions<FeedOptions>().BindConfiguration(FeedOptions.Section).ValidateSection(FeedOptions.Section);
        services.AddSingleton<FeedPairs>();
        services.AddSingleton<FeedRun>();
        services.AddSingleton<MarketCaps>();
        // Binance: 6000 units of weight a minute, a page of bars costs 2. Kraken: a request a second. CoinGecko: 5 a minute, 30 with a demo key.
        services.AddSource<BinanceFeed>(options => options.Binance, _ => FeedResilience.Limit(10, TimeSpan.FromMilliseconds(200)))
            .AddHttpMessageHandler(provider => new BinanceReplyHandler(provider.GetRequiredService<TimeProvider>()));
        services.AddSource<KrakenFeed>(options => options.Kraken, _ => FeedResilience.Limit(3, TimeSpan.FromSeconds(1)))
            .AddHttpMessageHandler(_ => new KrakenReplyHandler());
        services.AddSource<CoinGeckoCaps>(
            options => options.CoinGecko,
            options => FeedResilience.Limit(5, TimeSpan.FromSeconds(string.IsNullOrWhiteSpace(options.CoinGecko.ApiKey) ? 12 : 2)))
            .ConfigureHttpClient((provider, http) =>
            {
                if (provider.GetRequiredService<IOptions<FeedOptions>>().Value.CoinGecko.ApiKey is { Length: > 0 } key)
                {
                    http.DefaultRequestHeaders.Add("x-cg-demo-api-key", key);
                }
            })
            .AddHttpMessageHandler(_ => new CoinGeckoReplyHandler());
        services.AddTransient<IMarketFeed>(provider => provider.GetRequiredService<BinanceFeed>());
        services.AddTransient<IMarketFeed>(provider => provider.GetRequiredService<KrakenFeed>());
        // What a client did until it gave up is in the one message that it fails with.
        services.AddLogging(logging => logging.AddFilter("Polly", LogLevel.None));
        return services;
    }

    private static IHttpClientBuilder AddSource<T>(
        this IServiceCollection services, Func<FeedOptions, FeedServer> server, Func<FeedOptions, RateLimiter> limiter)
        where T : class
    {
        var client = services.AddHttpClient<T>((provider, http) =>
        {
            http.BaseAddress = new Uri(server(provider.GetRequiredService<IOptions<FeedOptions>>().Value).Url.TrimEnd('/') + "/");
            http.DefaultRequestHeaders.UserAgent.ParseAdd($"coinsphere-messaging/{Version}");
            http.MaxResponseContentBufferSize = FeedReply.MaxBytes;
            // The tries have their own limits.
            http.Timeout = Timeout.InfiniteTimeSpan;
        });
        client.RemoveAllLoggers();
        // A client that lives as long as the process: connections are renewed instead of handlers.
        client.SetHandlerLifetime(Timeout.InfiniteTimeSpan);
        client.ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AutomaticDecompression = System.Net.DecompressionMethods.All,
        });
        // One limiter for all clients of the source.
        services.AddKeyedSingleton(typeof(T), (provider, _) => limiter(provider.GetRequiredService<IOptions<FeedOptions>>().Value));
        client.AddResilienceHandler(
            "feed",
            (pipeline, context) => FeedResilience.Configure(pipeline, context.ServiceProvider.GetRequiredKeyedService<RateLimiter>(typeof(T))));
        return client;
    }

    private static string Version => typeof(FeedServices).Assembly.GetName().Version?.ToString(3) ?? "1";
}
