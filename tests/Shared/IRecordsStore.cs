namespace Coinsphere.Messaging.Tests;

/// <summary>Where a worker under test keeps its records: an empty database or file of its own, gone with its test.</summary>
public interface IRecordsStore : IAsyncDisposable
{
    /// <summary>The settings of a worker that uses it.</summary>
    IReadOnlyList<KeyValuePair<string, string?>> Settings { get; }

    Task ExecuteAsync(string sql);

    Task<T?> ValueAsync<T>(string sql);

    /// <summary>Waits until a query says true.</summary>
    Task UntilAsync(string sql);
}
