using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Feed;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Coinsphere.Messaging.Worker.Scheduling;

/// <summary>Registers the feed, in workers that have it.</summary>
internal static class FeedScheduling
{
    private const string Key = $"{FeedOptions.Section}:{nameof(FeedOptions.Source)}";

    /// <summary>Whether the configuration has a feed.</summary>
    public static bool HasFeed(IConfiguration configuration) => configuration.GetValue(Key, FeedSource.None) != FeedSource.None;

    /// <summary>Adds the options, and the feed where <c>Feed:Source</c> names an exchange. A folder that is missing is created.</summary>
    /// <param name="services">With the prices and the symbols.</param>
    /// <param name="configuration">The configuration.</param>
    /// <param name="writes">Whether this worker writes to a database.</param>
    /// <exception cref="SettingException">There is nowhere to store bars.</exception>
    public static void AddFeed(this IServiceCollection services, IConfiguration configuration, bool writes)
    {
        services.AddMarketFeeds();
        if (!HasFeed(configuration))
        {
            return;
        }

        services.AddSingleton<FeedPass>();
        services.AddHostedService<FeedSchedule>();
        if (configuration[$"{PricesOptions.Section}:{nameof(PricesOptions.Folder)}"] is { } folder && !string.IsNullOrWhiteSpace(folder))
        {
            Directory.CreateDirectory(folder);
            services.AddSingleton(provider => new PriceFolderStore(
                folder, provider.GetRequiredService<SymbolCatalog>(), provider.GetRequiredService<TimeProvider>()));
            services.AddSingleton<IFeedTarget, FolderFeed>();
        }
        else if (writes)
        {
            services.AddSingleton<IFeedTarget, BusFeed>();
        }
        else
        {
            throw new SettingException(
                $"{Key} is '{configuration[Key]}', but there is nowhere to store bars: expected Prices:Folder, or Prices:Database (DATABASE_URL) that is not "
                + "only read (Database:ReadOnly)");
        }
    }
}
