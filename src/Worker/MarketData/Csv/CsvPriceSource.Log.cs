using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.MarketData.Csv;

internal sealed partial class CsvPriceSource
{
    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "{Count} files in the price folder are not named SYMBOL.csv or like a pair (BTC-USD.csv) and are not read: {Files}")]
    private partial void LogSkipped(int count, string files);

    [LoggerMessage(Level = LogLevel.Information, Message = "{File} is read as {Format}, {Days}")]
    private partial void LogRecognised(string file, string format, string days);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File} has {Days} missing days; predictions whose window contains one are refused: {Gaps}")]
    private partial void LogGaps(string file, int days, string gaps);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Prices are synthetic, as in {File}: every one is invented, and every answer says so")]
    private partial void LogSynthetic(string file);

    [LoggerMessage(Level = LogLevel.Error, Message = "Prices of {Symbol} are refused until the file is repaired: {Fault}")]
    private partial void LogRefused(string symbol, string fault);
}
