namespace Coinsphere.Messaging.Worker.MarketData;

/// <summary>
/// Section <c>Prices</c>. The source is the folder where one is set, else the database (<c>DATABASE_URL</c>), else the synthetic series where it is
/// allowed. Else the worker does not start. An empty text counts as not set.
/// </summary>
internal sealed class PricesOptions
{
    public const string Section = "Prices";

    /// <summary>A folder of SYMBOL.csv files.</summary>
    public string? Folder { get; set; }

    /// <summary>A connection string or a postgresql:// URL; <c>DATABASE_URL</c> sets it.</summary>
    public string? Database { get; set; }

    /// <summary>
    /// Whether synthetic prices may be served where no other source is configured. Every answer made from them says so.
    /// <c>ENVIRONMENT=development</c> allows them unless this key says otherwise.
    /// </summary>
    public bool AllowSynthetic { get; set; }

    /// <summary>The greatest age of the newest bar's close, counted from the end of <c>asOf</c> or from now; null (an empty text) for any age.</summary>
    public TimeSpan? MaxAge { get; set; } = TimeSpan.FromDays(2);

    /// <summary>
    /// Days on which a close is correct although it is more than ten times the close before it, or less than a tenth:
    /// <c>BTT:2022-01-18,LUNA:2022-05-12</c>.
    /// </summary>
    public string? AcceptedJumps { get; set; }

    /// <summary>How long bars of the database are cached in memory. Writes by other programs are seen that much later. Zero turns the cache off.</summary>
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The time limit of one query.</summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(5);
}
