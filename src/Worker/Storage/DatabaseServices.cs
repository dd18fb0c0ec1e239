using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Worker.Consumers;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.Scheduling;
using Coinsphere.Messaging.Worker.Training;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>Registers what writes to the database, where a writable one is configured.</summary>
internal static class DatabaseServices
{
    /// <summary>For a database that is only read: no migrations, no bars written, no predictions recorded.</summary>
    public const string ReadOnlyKey = "Database:ReadOnly";

    /// <summary>
    /// Adds migrations at start, and the services of the consumers that <see cref="RegisterDatabase"/> adds. Needs the data source of the prices.
    /// </summary>
    public static IServiceCollection AddDatabase(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<RecordsOptions>().Bind(configuration.GetSection(RecordsOptions.Section)).ValidateSection(RecordsOptions.Section);
        services.AddSingleton(new SettingSection(ReadOnlyKey.Split(':')[0], [ReadOnlyKey.Split(':')[1]]));
        services.AddSingleton<IValidateOptions<RecordsOptions>, RecordsOptionsValidator>();
        if (string.IsNullOrWhiteSpace(configuration[$"{PricesOptions.Section}:{nameof(PricesOptions.Database)}"]))
        {
            return services;
        }

        services.AddSingleton<RecordReader>();
        if (configuration.GetValue<bool>(ReadOnlyKey))
        {
            return services;
        }

        services.AddDatabaseWriters();
        services.AddSingleton<DatabaseReady>();
        services.AddSingleton<DatabaseWrites>();
        services.AddSingleton<PredictionRecords>();
        services.AddHostedService<DatabaseStart>();
        services.AddSingleton<PredictionOutcomes>();
        services.AddSingleton<AccuracyAlarm>();
        services.AddHostedService<RecordRetention>();
        services.AddHostedService<OutcomeScorer>();
        return services;
    }

    /// <summary>Adds what writes bars, for a worker or an import.</summary>
    public static IServiceCollection AddDatabaseWriters(this IServiceCollection services)
    {
        services.AddSingleton(provider => new Migrator(
            provider.GetRequiredService<NpgsqlDataSource>(), Migration.Embedded, provider.GetRequiredService<ILogger<Migrator>>()));
        services.AddSingleton<Tokens>();
        services.AddSingleton<StoredColumns>();
        services.AddSingleton<PriceWriter>();
        return services;
    }

    /// <summary>Adds the consumers that write, where <see cref="AddDatabase"/> has added their services.</summary>
    public static void RegisterDatabase(this IBusRegistrationConfigurator bus)
    {
        if (!bus.Any(service => service.ServiceType == typeof(DatabaseReady)))
        {
            return;
        }

        bus.AddConsumer<PriceBarConsumer, PriceBarConsumerDefinition>();
        bus.AddConsumer<PredictionRecordConsumer, PredictionRecordConsumerDefinition>();
    }
}
