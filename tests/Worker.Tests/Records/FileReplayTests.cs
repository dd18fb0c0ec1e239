using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Worker.Tests.Records;

/// <summary>Predictions recorded in a file, made again.</summary>
public sealed class FileReplayTests : ReplayTests
{
    private readonly FileStore _store;

    public FileReplayTests() : this(new())
    {
    }

    private FileReplayTests(FileStore store) : base(store) => _store = store;

    private protected override Task WritePricesAsync(DatabaseWorker worker, string symbol, Bar[] bars)
    {
        _store.WritePrices(symbol, bars);
        return Task.CompletedTask;
    }
}
