using Coinsphere.Messaging.Worker.MarketData.Csv;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.MarketData;

/// <summary>Section <c>Sentiment</c>. One source or none; without one the social features are neutral. An empty text counts as not set.</summary>
internal sealed class SentimentOptions
{
    public const string Section = "Sentiment";

    /// <summary>The path of a sentiment file, see <see cref="CsvSentimentFile"/>.</summary>
    public string? File { get; set; }

    /// <summary>Whether the table <c>sentiment</c> of the database is the source.</summary>
    public bool Table { get; set; }
}

/// <summary>Stops the start with the wrong key and its value.</summary>
internal sealed class SentimentOptionsValidator(IOptions<PricesOptions> prices) : IValidateOptions<SentimentOptions>
{
    public ValidateOptionsResult Validate(string? name, SentimentOptions options) => options switch
    {
        { File: not null, Table: true } => ValidateOptionsResult.Fail(
            $"Sentiment:File is '{options.File}' and Sentiment:Table is true: expected one source of sentiment"),
        { File: { } file } when !File.Exists(file) => ValidateOptionsResult.Fail($"Sentiment:File is '{file}': expected an existing CSV file"),
        { Table: true } when prices.Value.Database is null => ValidateOptionsResult.Fail(
            "Sentiment:Table is true: expected a database, set Prices:Database (DATABASE_URL)"),
        _ => ValidateOptionsResult.Success,
    };
}
