using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Synthetic;
using Coinsphere.Messaging.Worker.Models;
using Coinsphere.Messaging.Worker.Storage;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Standalone;

/// <summary>
/// Says in a few lines for people where the started server answers, and from what: prices, models, cache, database. Where the log is for programs, it is
/// one event of the log.
/// </summary>
internal sealed partial class StartSummary(
    IServer server, IPriceSource prices, IOptions<PricesOptions> pricesOptions, IOptions<RedisOptions> redis, IOptions<RecordsOptions> records,
    ModelStore models, SymbolCatalog catalog, IConfiguration configuration, IHostApplicationLifetime lifetime, ILogger<StartSummary> logger) : BackgroundService
{
    // A database that does not answer must not hold up the rest.
    private static readonly TimeSpan PricesLimit = TimeSpan.FromSeconds(3);

    /// <summary>Whether the log is read by people.</summary>
    public static bool IsForPeople(IConfiguration configuration) => configuration["Logging:Console:FormatterName"] is not { Length: > 0 } format
        || format.Equals(ConsoleFormatterNames.Simple, StringComparison.OrdinalIgnoreCase);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource();
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        if (!logger.IsEnabled(LogLevel.Information))
        {
            return;
        }

        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "";
        var (cache, stored) = (Cache(), Database());
        if (!IsForPeople(configuration))
        {
            var (source, loaded) = (await PricesAsync(stoppingToken), await ModelsAsync(stoppingToken));
            LogStarted(address, source, loaded, cache, stored);
            return;
        }

        Console.WriteLine($"Now listening on: {address} (try it at {address}/docs)");
        Console.WriteLine($"  prices    {await PricesAsync(stoppingToken)}");
        Console.WriteLine($"  models    {await ModelsAsync(stoppingToken)}");
        Console.WriteLine($"  cache     {cache}");
        Console.WriteLine($"  database  {stored}");
        Console.WriteLine("Application started. Press Ctrl+C to stop");
    }

    private async Task<string> PricesAsync(CancellationToken stoppingToken)
    {
        if (prices.Name == SyntheticPriceSource.SourceName)
        {
            return "synthetic: every one is invented, and every answer says so (--prices FOLDER or DATABASE_URL sets another source)";
        }

        var source = pricesOptions.Value.Folder is { } folder ? $"{prices.Name}, {folder}" : prices.Name;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            limit.CancelAfter(PricesLimit);
            var (days, faulty, invented) = (new List<DateOnly>(), 0, 0);
            foreach (var symbol in catalog.Supported)
            {
                try
                {
                    // The time of a bar is the end of its day.
                    var latest = await prices.ReadLatestAsync([symbol], limit.Token);
                    invented += latest.Count(price => price.IsSynthetic);
                    days.AddRange(latest.Select(price => DateOnly.FromDateTime(price.Time.UtcDateTime.AddTicks(-1))));
                }
                catch (InvalidMarketDataException)
                {
                    // The log names it.
                    faulty++;
                }
            }

            var rejected = (faulty == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {faulty} rejected"))
                + (invented == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {invented} synthetic: invented"));
            return days.Count == 0
                ? $"{source}: none of a supported symbol{rejected}"
                : string.Create(
                    CultureInfo.InvariantCulture, $"{source}: {days.Count} of {catalog.Supported.Count} symbols, to {days.Max():yyyy-MM-dd}{rejected}");
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested
            && (failure is OperationCanceledException || MarketDataUnavailableException.IsCausedBy(failure)))
        {
            return $"{source}, which cannot be read now: {failure.Message.ReplaceLineEndings(" ")}";
        }
    }

    private async Task<string> ModelsAsync(CancellationToken stoppingToken)
    {
        var loaded = models.LoadedSymbols;
        var kernel = loaded.Count > 0 && (await models.GetAsync(loaded[0], stoppingToken)).Answer is { } model ? $", kernel {model.Network.Kernel}" : "";
        var pooled = models.PooledSymbols is > 0 and var count ? string.Create(CultureInfo.InvariantCulture, $", {count} of them by the pooled network") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{loaded.Count} of {catalog.Supported.Count} symbols{pooled}{kernel}");
    }

    private string Cache() => redis.Value.Enabled ? $"Redis {redis.Value.Address}" : "in memory, no Redis (REDIS_HOST)";

    private string Database() => (pricesOptions.Value.Database, records.Value.File) switch
    {
        (not null, _) => "PostgreSQL",
        (null, { Length: > 0 } file) => $"{file}, no server (DATABASE_URL)",
        _ => "none: no history, no accuracy (DATABASE_URL)",
    };

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Serving on {Address}: prices {Prices}; models {Models}; cache {Cache}; database {Database}")]
    private partial void LogStarted(string address, string prices, string models, string cache, string database);
}

internal static class StartSummaryServices
{
    // What the summary says itself.
    private static readonly (string Category, LogLevel From)[] Said =
    [
        ("Microsoft.Hosting.Lifetime", LogLevel.Warning), (typeof(PriceSourceReport).FullName!, LogLevel.Error),
        (typeof(SentimentSourceReport).FullName!, LogLevel.Warning), (typeof(ModelWatcher).FullName!, LogLevel.Warning),
    ];

    public static void AddStartSummary(this WebApplicationBuilder builder)
    {
        if (StartSummary.IsForPeople(builder.Configuration))
        {
            builder.AddDefaultSettings(Said.Select(one => KeyValuePair.Create($"Logging:LogLevel:{one.Category}", (string?)one.From.ToString())));
        }

        builder.Services.AddHostedService<StartSummary>();
    }
}
