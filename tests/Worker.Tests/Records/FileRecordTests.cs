using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Worker.Tests.Records;

/// <summary>Predictions recorded in a file.</summary>
public sealed class FileRecordTests : RecordTests
{
    private readonly FileStore _store;

    public FileRecordTests() : this(new())
    {
    }

    private FileRecordTests(FileStore store) : base(store, "csv") => _store = store;

    private protected override Task WritePricesAsync(DatabaseWorker worker, string symbol, Bar[] bars)
    {
        _store.WritePrices(symbol, bars);
        return Task.CompletedTask;
    }
}
