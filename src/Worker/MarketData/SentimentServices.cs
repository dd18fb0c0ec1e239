using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Worker.MarketData.Csv;
using Coinsphere.Messaging.Worker.MarketData.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Coinsphere.Messaging.Worker.MarketData;

internal static class SentimentServices
{
    /// <summary>Adds the configured source of sentiment. Call <see cref="PricesServices.AddPrices"/> first.</summary>
    public static IServiceCollection AddSentiment(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<SentimentOptions>, SentimentOptionsValidator>();
        services.AddOptions<SentimentOptions>()
            .BindConfiguration(SentimentOptions.Section)
            .PostConfigure(options => options.File = string.IsNullOrWhiteSpace(options.File) ? null : options.File)
            .ValidateSection(SentimentOptions.Section);
        services.AddSingleton(CreateSource);
        services.AddHostedService<SentimentSourceReport>();
        return services;
    }

    private static ISentimentSource CreateSource(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<SentimentOptions>>().Value;
        var catalog = provider.GetRequiredService<SymbolCatalog>();
        if (options.File is { } file)
        {
            return new CsvSentimentSource(file, catalog, provider.GetRequiredService<ILogger<CsvSentimentSource>>());
        }

        return options.Table
            ? new PostgresSentimentSource(
                provider.GetRequiredService<NpgsqlDataSource>(),
                catalog,
                provider.GetRequiredService<IOptions<PricesOptions>>().Value.CommandTimeout)
            : new NoSentimentSource();
    }
}
