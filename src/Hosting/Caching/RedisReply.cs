namespace Coinsphere.Messaging.Hosting.Caching;

/// <summary>The result of a call to Redis.</summary>
public enum RedisState
{
    /// <summary>Redis is not connected, did not answer in time, or is not called because it recently did not answer.</summary>
    Unavailable,

    /// <summary>Redis answered with an error, such as no memory left, or a value of another type.</summary>
    Error,

    /// <summary>Redis answered.</summary>
    Answered,
}

/// <summary>The reply to a call to Redis, which never throws.</summary>
/// <param name="State">The result of the call.</param>
/// <param name="Value">The answer, where there is one.</param>
public readonly record struct RedisReply<T>(RedisState State, T? Value = default)
{
    /// <summary>Whether there is an answer.</summary>
    public bool IsAnswered => State == RedisState.Answered;
}
