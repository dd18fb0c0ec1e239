namespace Coinsphere.Messaging.Worker.MarketData.Feed;

/// <summary>A source cannot be asked now: it is down, limits this address, or something between answers in its place. Later it may answer.</summary>
/// <param name="message">One line: which source, what happened, what to do.</param>
/// <param name="retryAfter">How long the source wants to be left alone; null where it does not say.</param>
/// <param name="inner">The cause.</param>
internal sealed class FeedUnavailableException(string message, TimeSpan? retryAfter = null, Exception? inner = null) : Exception(message, inner)
{
    public TimeSpan? RetryAfter { get; } = retryAfter;
}

/// <summary>The source does not know a pair, or does not serve it to anyone. Other pairs are not affected.</summary>
internal sealed class UnknownPairException(string message) : Exception(message);
