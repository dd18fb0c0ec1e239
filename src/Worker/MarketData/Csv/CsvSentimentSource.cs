using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Features;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.MarketData.Csv;

/// <summary>A sentiment file (see <see cref="CsvSentimentFile"/>), read again when it changes.</summary>
internal sealed partial class CsvSentimentSource : ISentimentSource
{
    private readonly string _path;
    private readonly ILogger<CsvSentimentSource> _logger;
    private readonly WatchedFile<CsvSentimentFile> _file;

    public CsvSentimentSource(string path, SymbolCatalog catalog, ILogger<CsvSentimentSource> logger)
    {
        _path = path;
        _logger = logger;
        _file = new(path, content => CsvSentimentFile.Parse(content, Path.GetFileName(path), Name, catalog), fault => LogRefused(fault.Message));
    }

    public string Name => "csv";

    public async ValueTask<SentimentSeries> ReadAsync(BarSeries series, CancellationToken cancellationToken)
    {
        var file = await _file.ReadAsync(cancellationToken) ?? throw new FileNotFoundException($"Sentiment:File is '{_path}': there is no such file");
        return file.Of(series.Symbol);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Predictions are refused until the sentiment file is repaired: {Fault}")]
    private partial void LogRefused(string fault);
}
