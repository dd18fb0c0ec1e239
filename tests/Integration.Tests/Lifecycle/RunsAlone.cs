namespace Coinsphere.Messaging.Integration.Tests.Lifecycle;

/// <summary>Tests that run after all others, one by one, with a broker that each leaves as it found it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RunsAlone : ICollectionFixture<LiveBroker>
{
    public const string Name = "alone";
}
