using Coinsphere.Messaging.Hosting.Keys;

namespace Coinsphere.Messaging.Gateway.Callers;

/// <summary>The scope that an endpoint needs. One that says nothing needs <see cref="KeyScope.Read"/>.</summary>
internal sealed record NeededScope(KeyScope Scope);

internal static class ScopeOfEndpoint
{
    /// <summary>Says which scope the endpoint needs.</summary>
    public static RouteHandlerBuilder Needs(this RouteHandlerBuilder endpoint, KeyScope scope) => endpoint.WithMetadata(new NeededScope(scope));

    /// <summary>Leaves the endpoint open to anyone.</summary>
    public static RouteHandlerBuilder NeedsNoKey(this RouteHandlerBuilder endpoint) => endpoint.Needs(KeyScope.None);
}
