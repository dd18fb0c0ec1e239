namespace Coinsphere.Messaging.Worker.MarketData;

/// <summary>A source of prices or of sentiment has no usable data.</summary>
internal abstract class MarketDataException(string message, Exception? inner) : Exception(message, inner);

/// <summary>A source holds data that is no valid bar or no valid sentiment. The message says where, what was found and what was expected.</summary>
internal sealed class InvalidMarketDataException(string message, Exception? inner = null) : MarketDataException(message, inner);

/// <summary>
/// A source does not answer now. A caller that waits is refused. A durable request is retried until the source is available, since no other request would
/// succeed either.
/// </summary>
internal sealed class MarketDataUnavailableException(string source, Exception inner) :
    MarketDataException($"the {source} does not answer; try again shortly", inner)
{
    /// <summary>Whether a failure is the source's, not this program's.</summary>
    public static bool IsCausedBy(Exception failure) => failure is Npgsql.NpgsqlException or TimeoutException or IOException or UnauthorizedAccessException;
}
