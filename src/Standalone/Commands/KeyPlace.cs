using System.Data.Common;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Hosting.Keys;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.Storage;
using Coinsphere.Messaging.Worker.Storage.Sqlite;
using Npgsql;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary>Where keys are kept: in a file, where one is named; else in the database, where there is one; else in the file of records.</summary>
internal sealed class KeyPlace : IDisposable
{
    private const string FileKey = "Auth:KeysFile";

    private readonly IHost _host;
    private readonly KeysFile? _file;

    private KeyPlace(IHost host, KeysFile? file) => (_host, _file) = (host, file);

    /// <summary>Opens it, and makes its tables where they are missing.</summary>
    public static async Task<KeyPlace> OpenAsync(string? file, string? database, CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddEnvironmentVariables();
        builder.AddSpecifiedEnvironment();
        builder.Configuration.AddCommandLine(
            [.. Sources.Argument(FileKey, file ?? (database is null ? null : "")), .. Sources.Argument("Prices:Database", database)]);
        builder.AddDefaultSettings(KeyValuePair.Create(RecordsOptions.FileKey, (string?)Server.DefaultRecordsFile));
        if (builder.Configuration[FileKey] is { Length: > 0 } path)
        {
            return new KeyPlace(builder.Build(), new KeysFile(path));
        }

        // Whatever folder prices come from, the keys are in the database.
        builder.Configuration["Prices:Folder"] = "";
        builder.Services.AddSymbols();
        builder.Services.AddPrices(builder.Configuration);
        if (!builder.Services.AddRecordsSource(builder.Configuration))
        {
            throw new SettingException("There is nowhere to keep keys: set DATABASE_URL, Records:File or Auth:KeysFile");
        }

        builder.Services.AddDatabaseWriters();
        var place = new KeyPlace(builder.Build(), null);
        try
        {
            if (place.Records is { } records)
            {
                records.Prepare(DateTimeOffset.UtcNow);
            }
            else
            {
                await place._host.Services.GetRequiredService<Migrator>().ApplyAsync(cancellationToken);
            }

            return place;
        }
        catch
        {
            place.Dispose();
            throw;
        }
    }

    private RecordsFile? Records => _host.Services.GetService<RecordsFile>();

    /// <summary>The place in words.</summary>
    public string Name => _file is not null ? $"the file {_file.Name}" : Records is { } records ? $"the file {records.Name}" : "the database";

    public async Task<IReadOnlyList<StoredKey>> ReadAsync(CancellationToken cancellationToken)
    {
        if (_file is not null)
        {
            return [.. _file.Read().OrderBy(key => key.CreatedAt)];
        }

        await using var connection = await ConnectAsync(cancellationToken);
        return await KeyStore.ReadAllAsync(connection, cancellationToken);
    }

    public async Task AddAsync(StoredKey key, CancellationToken cancellationToken)
    {
        if (_file is not null)
        {
            _file.Change(keys => keys.Count(one => one.RevokedAt is null) < StoredKey.MaxValid
                ? [.. keys, key]
                : throw new IOException($"there are {StoredKey.MaxValid} valid keys, the most that are kept: revoke some first"));
            return;
        }

        await using var connection = await ConnectAsync(cancellationToken);
        await KeyStore.AddAsync(connection, key, cancellationToken);
    }

    /// <returns>Whether there was a valid one.</returns>
    public async Task<bool> RevokeAsync(string id, CancellationToken cancellationToken)
    {
        var now = DateTimeOffset.UtcNow;
        if (_file is not null)
        {
            var isFound = false;
            _file.Change(keys =>
            {
                isFound = keys.Any(key => key.Id == id && key.RevokedAt is null);
                return [.. keys.Select(key => key.Id == id && key.RevokedAt is null ? key with { RevokedAt = now } : key)];
            });
            return isFound;
        }

        await using var connection = await ConnectAsync(cancellationToken);
        return await KeyStore.RevokeAsync(connection, id, now, cancellationToken);
    }

    public void Dispose() => _host.Dispose();

    private async Task<DbConnection> ConnectAsync(CancellationToken cancellationToken) => Records is { } records
        ? records.OpenToWrite()
        : await _host.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(cancellationToken);
}
