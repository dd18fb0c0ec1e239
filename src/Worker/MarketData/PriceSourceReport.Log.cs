using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.MarketData;

internal sealed partial class PriceSourceReport
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Prices come from {Source}: {Place}")]
    private partial void LogSource(string source, string place);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Prices are synthetic: every one is invented, and every answer says so")]
    private partial void LogSynthetic();
}
