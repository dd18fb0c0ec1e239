using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Worker.MarketData.Csv;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Coinsphere.Messaging.Tests;

/// <summary>Records in a file that is not there yet, and prices in a folder beside it.</summary>
public sealed class FileStore : IRecordsStore
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("records-");

    /// <param name="file">Another file than one in a new folder.</param>
    public FileStore(string? file = null)
    {
        Directory.CreateDirectory(Prices);
        File = file ?? Path.Combine(_root.FullName, "data", "records.db");
    }

    public string Prices => Path.Combine(_root.FullName, "prices");

    public string File { get; }

    public IReadOnlyList<KeyValuePair<string, string?>> Settings => [new("Prices:Folder", Prices), new("Records:File", File)];

    public void WritePrices(string symbol, Bar[] bars) => CsvPriceWriter.Write(Path.Combine(Prices, symbol + ".csv"), new BarSeries(symbol, bars));

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = Open();
        await connection.ExecuteAsync(sql);
    }

    public async Task<T?> ValueAsync<T>(string sql)
    {
        await using var connection = Open();
        return await connection.ExecuteScalarAsync<T?>(sql);
    }

    public Task UntilAsync(string sql) => Until.True(() => ValueAsync<bool>(sql), sql, TimeSpan.FromSeconds(30));

    public ValueTask DisposeAsync()
    {
        _root.Delete(recursive: true);
        return default;
    }

    /// <summary>Another program's connection.</summary>
    public SqliteConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={File};Pooling=false");
        connection.Open();
        return connection;
    }
}
