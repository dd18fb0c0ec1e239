using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.MarketData;

/// <summary>Logs the source of sentiment at start.</summary>
internal sealed partial class SentimentSourceReport(ISentimentSource source, ILogger<SentimentSourceReport> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (source.IsNeutral)
        {
            LogNeutral();
        }
        else
        {
            LogSource(source.Name);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Information, Message = "Sentiment comes from {Source}")]
    private partial void LogSource(string source);

    [LoggerMessage(Level = LogLevel.Information, Message = "Sentiment is neutral, and every answer says so: neither Sentiment:File nor Sentiment:Table is set")]
    private partial void LogNeutral();
}
