namespace Coinsphere.Messaging.Hosting.Caching;

/// <summary>What became of a call to Redis.</summary>
public enum RedisState
{
    /// <summary>Redis is not connected, did not answer in time, or is left alone because it lately did not.</summary>
    Away,

    /// <summary>Redis answered with an error: no memory left, a value of another type.</summary>
    Error,

    /// <summary>Redis answered.</summary>
    Answered,
}

/// <summary>The reply to a call to Redis, which never throws.</summary>
/// <param name="State">What became of it.</param>
/// <param name="Value">The answer, where there is one.</param>
public readonly record struct RedisReply<T>(RedisState State, T? Value = default)
{
    /// <summary>Whether there is an answer.</summary>
    public bool IsAnswered => State == RedisState.Answered;
}
