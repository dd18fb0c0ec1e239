using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.Storage.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>Registers what reads and writes records and bars, where a database or a file is configured.</summary>
internal static class DatabaseServices
{
    /// <summary>For a database that is only read: no migrations, no bars written, no predictions recorded.</summary>
    public const string ReadOnlyKey = "Database:ReadOnly";

    private const string KeysRequired = "Auth:Required";

    /// <summary>
    /// Adds what reads and writes records: in PostgreSQL, where it is configured, else in the file, where one is. With PostgreSQL also migrations at start, and
    /// the services of the consumers that write bars. Needs the data source of the prices.
    /// </summary>
    /// <returns>Whether the worker writes bars, and whether it writes records.</returns>
    public static (bool Bars, bool Records) AddDatabase(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<RecordsOptions>().BindConfiguration(RecordsOptions.Section).ValidateSection(RecordsOptions.Section);
        services.AddSingleton(new SettingSection(ReadOnlyKey.Split(':')[0], [ReadOnlyKey.Split(':')[1]]));
        services.AddSingleton<IValidateOptions<RecordsOptions>, RecordsOptionsValidator>();
        if (!services.AddRecordsSource(configuration))
        {
            return (false, false);
        }

        services.AddSingleton<RecordReader>();
        // A file of records belongs to one process, whose gateway may need no keys. Gateways elsewhere, which need them, cannot say so.
        if (HasPostgres(configuration) || string.Equals(configuration[KeysRequired], "true", StringComparison.OrdinalIgnoreCase))
        {
            services.AddHostedService<KeyWatch>();
        }

        if (configuration.GetValue<bool>(ReadOnlyKey))
        {
            return (false, false);
        }

        services.AddSingleton<PredictionOutcomes>();
        if (!HasPostgres(configuration))
        {
            services.AddSingleton<SqliteRecordsDatabase>();
            services.AddSingleton<IRecordsDatabase>(provider => provider.GetRequiredService<SqliteRecordsDatabase>());
            services.AddHostedService(provider => provider.GetRequiredService<SqliteRecordsDatabase>());
            services.AddSingleton<FileRecords>();
            services.AddSingleton<IPredictionRecords>(provider => provider.GetRequiredService<FileRecords>());
            services.AddHostedService(provider => provider.GetRequiredService<FileRecords>());
            return (false, true);
        }

        services.AddDatabaseWriters();
        services.AddSingleton<DatabaseReady>();
        services.AddSingleton<IRecordsDatabase, PostgresRecordsDatabase>();
        services.AddSingleton<DatabaseWrites>();
        services.AddSingleton<IPredictionRecords, PredictionRecords>();
        services.AddHostedService<DatabaseStart>();
        return (true, true);
    }

    /// <summary>Adds where records are read: PostgreSQL, where it is configured, else the file, where one is.</summary>
    /// <returns>Whether there is either.</returns>
    public static bool AddRecordsSource(this IServiceCollection services, IConfiguration configuration)
    {
        if (HasPostgres(configuration))
        {
            services.AddSingleton<IRecordsSource, PostgresRecordsSource>();
            return true;
        }

        if (configuration[RecordsOptions.FileKey] is not { } path || string.IsNullOrWhiteSpace(path))
        {
            return false;
        }

        services.AddSingleton(new RecordsFile(path, Migration.OfFile));
        services.AddSingleton<IRecordsSource, SqliteRecordsSource>();
        return true;
    }

    /// <summary>Adds the record of administrative acts, for a host or a command. It is a log only where nothing is written to.</summary>
    public static IServiceCollection AddAudit(this IServiceCollection services, IConfiguration configuration)
    {
        var isWritten = !configuration.GetValue<bool>(ReadOnlyKey);
        services.AddSingleton(provider => new AuditStore(
            isWritten && HasPostgres(configuration) ? provider.GetService<NpgsqlDataSource>() : null,
            isWritten ? provider.GetService<RecordsFile>() : null));
        services.AddSingleton<AuditLog>();
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

    private static bool HasPostgres(IConfiguration configuration) =>
        !string.IsNullOrWhiteSpace(configuration[$"{PricesOptions.Section}:{nameof(PricesOptions.Database)}"]);
}
