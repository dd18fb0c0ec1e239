using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Worker.MarketData.Csv;
using Coinsphere.Messaging.Worker.MarketData.Postgres;
using Coinsphere.Messaging.Worker.MarketData.Synthetic;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Coinsphere.Messaging.Worker.MarketData;

internal static class PricesServices
{
    // Per connection; more than the number of different queries.
    private const int PreparedStatements = 20;

    /// <summary>
    /// Adds the configured price source, and the database where one is set. Without one there is no <see cref="NpgsqlDataSource"/>, so resolve it
    /// with GetService. Needs a <see cref="SymbolCatalog"/>.
    /// </summary>
    public static IServiceCollection AddPrices(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IValidateOptions<PricesOptions>, PricesOptionsValidator>();
        services.AddOptions<PricesOptions>()
            .Configure<IHostEnvironment>((options, environment) => options.AllowSynthetic = environment.IsDevelopment())
            .BindConfiguration(PricesOptions.Section)
            .PostConfigure(options =>
            {
                options.Folder = NullWhereEmpty(options.Folder);
                options.Database = NullWhereEmpty(options.Database);
            })
            .ValidateSection(PricesOptions.Section);
        services.TryAddSingleton(provider => CreateDataSource(provider)!);
        services.AddSingleton<Func<ServerLogin?>>(provider => () => Login(provider));
        services.AddSingleton(CreateSource);
        services.AddSingleton<SeriesChecks>();
        services.AddHostedService<PriceSourceReport>();
        services.AddConditions();
        if (!string.IsNullOrWhiteSpace(configuration[$"{PricesOptions.Section}:{nameof(PricesOptions.Database)}"]))
        {
            services.AddHostedService<DatabaseWatch>();
            services.ConfigureOpenTelemetryTracerProvider(traces => traces.AddNpgsql());
            services.ConfigureOpenTelemetryMeterProvider(metrics => metrics.AddNpgsqlInstrumentation());
        }

        return services;
    }

    private static IPriceSource CreateSource(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<PricesOptions>>().Value;
        var catalog = provider.GetRequiredService<SymbolCatalog>();
        var time = provider.GetRequiredService<TimeProvider>();
        if (options.Folder is { } folder)
        {
            return new CsvPriceSource(folder, catalog, time, provider.GetRequiredService<ILogger<CsvPriceSource>>());
        }

        return options.Database is null
            ? new SyntheticPriceSource(catalog, time)
            : new PostgresPriceSource(provider.GetRequiredService<NpgsqlDataSource>(), catalog, time, options.CommandTimeout);
    }

    private static NpgsqlDataSource? CreateDataSource(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<PricesOptions>>().Value;
        if (options.Database is null || !DatabaseUrl.TryConvert(options.Database, out var connection, out _))
        {
            return null;
        }
        // A server that accepts no connection must not delay a request longer than one that accepts it and does not answer.
        if (!connection.ShouldSerialize("Timeout"))
        {
            connection.Timeout = Math.Max(1, (int)options.CommandTimeout.TotalSeconds);
        }
        // For the server, planning the window's query takes half as long as running it.
        if (!connection.ShouldSerialize("Max Auto Prepare"))
        {
            connection.MaxAutoPrepare = PreparedStatements;
        }
        // Days are UTC days, whatever the server's time zone.
        if (!connection.ShouldSerialize("Timezone"))
        {
            connection.Timezone = "UTC";
        }

        return new NpgsqlDataSourceBuilder(connection.ConnectionString)
            .UseLoggerFactory(provider.GetService<ILoggerFactory>())
            .Build();
    }

    private static ServerLogin? Login(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<PricesOptions>>().Value.Database is { } text && DatabaseUrl.TryConvert(text, out var connection, out _)
            ? new("Prices:Database (DATABASE_URL)", "the database", connection.Host ?? "", connection.Username, connection.Password)
            : null;

    private static string? NullWhereEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
