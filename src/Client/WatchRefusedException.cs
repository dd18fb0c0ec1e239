using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Client;

/// <summary>The service, or its broker, refuses a watch, and will refuse it again.</summary>
/// <param name="refusal">The reason.</param>
/// <param name="inner">The cause, where there is one.</param>
public sealed class WatchRefusedException(RequestRefused refusal, Exception? inner = null) : Exception($"{refusal.Reason}: {refusal.Detail}", inner)
{
    /// <summary>The reason.</summary>
    public RequestRefused Refusal { get; } = refusal;
}
