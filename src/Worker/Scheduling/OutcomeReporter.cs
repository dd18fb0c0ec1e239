using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Telemetry;
using Coinsphere.Messaging.Worker.Storage;

namespace Coinsphere.Messaging.Worker.Scheduling;

/// <summary>Reports, as metrics, how recorded predictions turned out, where anybody collects them. Not to be called twice at a time.</summary>
internal sealed class OutcomeReporter(RecordReader records, SymbolCatalog catalog)
{
    private const int Days = 90;

    private readonly HashSet<(string Symbol, string Timeframe)> _reported = [];

    /// <exception cref="Exception">The records or the prices cannot be read.</exception>
    public async Task ReportAsync(CancellationToken cancellationToken)
    {
        if (!Meters.AreOutcomesWanted)
        {
            return;
        }

        foreach (var symbol in catalog.Supported)
        {
            var counts = await records.OutcomeCountsAsync(symbol, Days, cancellationToken);
            foreach (var timeframe in Timeframes.All)
            {
                // What is reported stays until it is reported again: a symbol that nobody asks about any more ends at zero.
                if (counts.TryGetValue(timeframe, out var found))
                {
                    _reported.Add((symbol, timeframe));
                }

                if (_reported.Contains((symbol, timeframe)))
                {
                    Meters.Outcomes(symbol, timeframe, found);
                }
            }
        }
    }
}
