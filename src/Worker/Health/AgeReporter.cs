using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Telemetry;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.Models;
using Microsoft.Extensions.Hosting;

namespace Coinsphere.Messaging.Worker.Health;

/// <summary>Reports once a minute, as metrics, how old the newest bar and the model of each supported symbol are, where anybody collects them.</summary>
internal sealed class AgeReporter(NewestBars newest, ModelStore models, SymbolCatalog catalog, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            if (Meters.AreAgesWanted)
            {
                await ReportAsync(stoppingToken);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task ReportAsync(CancellationToken cancellationToken)
    {
        var (days, closed) = (await newest.ReadAsync(catalog.Supported, cancellationToken), time.LastClosedDay());
        foreach (var symbol in catalog.Supported)
        {
            if (days.TryGetValue(symbol, out var day))
            {
                Meters.PricesAge(symbol, ClosedDays.Missing(day, closed));
            }

            if ((await models.DescribeAsync(symbol, cancellationToken)).LastTrained is { } trained)
            {
                Meters.ModelAge(symbol, time.GetUtcNow() - trained);
            }
        }
    }
}
