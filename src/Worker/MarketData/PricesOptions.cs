namespace Coinsphere.Messaging.Worker.MarketData;

/// <summary>
/// Section <c>Prices</c>. The source is the folder where one is given, else the database (<c>DATABASE_URL</c>),
/// else the synthetic series where it is allowed; else the worker does not start. An empty text counts as not given.
/// </summary>
internal sealed class PricesOptions
{
    public const string Section = "Prices";

    /// <summary>A folder of SYMBOL.csv files.</summary>
    public string? Folder { get; set; }

    /// <summary>A connection string or a postgresql:// URL; <c>DATABASE_URL</c> sets it.</summary>
    public string? Database { get; set; }

    /// <summary>
    /// Whether invented prices, labelled as such in every answer, may be served where no other source is configured;
    /// <c>ENVIRONMENT=development</c> allows them unless this key says otherwise.
    /// </summary>
    public bool AllowSynthetic { get; set; }

    /// <summary>How old the newest bar's close may be, counted from the end of <c>asOf</c> or from now; null (an empty text) for any age.</summary>
    public TimeSpan? MaxAge { get; set; } = TimeSpan.FromDays(2);

    /// <summary>
    /// Days on which a close is right though it is more than ten times the close before it, or less than a tenth: <c>BTT:2022-01-18,LUNA:2022-05-12</c>.
    /// </summary>
    public string? AcceptedJumps { get; set; }

    /// <summary>
    /// How long bars of the database may be kept in memory: what others write to the tables is seen so much later. Zero: they are read for every answer.
    /// </summary>
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long the database may take for one query.</summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(5);
}
