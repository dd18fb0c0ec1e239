using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Worker.Tests.Records;

/// <summary>Predictions recorded in a file.</summary>
public sealed class FileOutcomeTests : OutcomeTests
{
    private readonly FileStore _store;

    public FileOutcomeTests() : this(new())
    {
    }

    private FileOutcomeTests(FileStore store) : base(store) => _store = store;

    private protected override Task WritePricesAsync(DatabaseWorker worker, string symbol, Bar[] bars)
    {
        _store.WritePrices(symbol, bars);
        return Task.CompletedTask;
    }
}
