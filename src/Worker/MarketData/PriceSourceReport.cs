using Coinsphere.Messaging.Worker.MarketData.Synthetic;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.MarketData;

/// <summary>Opens the price source at start and logs it. A wrong source stops the process.</summary>
internal sealed partial class PriceSourceReport(IPriceSource source, IOptions<PricesOptions> options, ILogger<PriceSourceReport> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (source.Name == SyntheticPriceSource.SourceName)
        {
            LogSynthetic();
        }
        else
        {
            LogSource(source.Name, options.Value.Folder ?? "the database");
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
