using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Worker.MarketData;
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

    /// <summary>Adds migrations at start, and the services of the consumers that write. Needs the data source of the prices.</summary>
    /// <returns>Whether the worker writes.</returns>
    public static bool AddDatabase(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<RecordsOptions>().BindConfiguration(RecordsOptions.Section).ValidateSection(RecordsOptions.Section);
        services.AddSingleton(new SettingSection(ReadOnlyKey.Split(':')[0], [ReadOnlyKey.Split(':')[1]]));
        services.AddSingleton<IValidateOptions<RecordsOptions>, RecordsOptionsValidator>();
        if (string.IsNullOrWhiteSpace(configuration[$"{PricesOptions.Section}:{nameof(PricesOptions.Database)}"]))
        {
            return false;
        }

        services.AddSingleton<RecordReader>();
        if (configuration.GetValue<bool>(ReadOnlyKey))
        {
            return false;
        }

        services.AddDatabaseWriters();
        services.AddSingleton<DatabaseReady>();
        services.AddSingleton<IRecordsDatabase, PostgresRecordsDatabase>();
        services.AddSingleton<DatabaseWrites>();
        services.AddSingleton<PredictionRecords>();
        services.AddHostedService<DatabaseStart>();
        services.AddSingleton<PredictionOutcomes>();
        return true;
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
}
