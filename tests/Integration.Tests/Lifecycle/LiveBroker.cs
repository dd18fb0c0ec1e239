namespace Coinsphere.Messaging.Integration.Tests.Lifecycle;

/// <summary>A broker for the tests of a class or a collection.</summary>
public sealed class LiveBroker : IAsyncLifetime
{
    internal RabbitMqServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await RabbitMqServer.StartNewAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
