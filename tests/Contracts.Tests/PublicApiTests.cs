namespace Coinsphere.Messaging.Contracts.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void PublicApi_IsAsCheckedIn() => PublicApi.AssertUnchanged(typeof(PredictRequested), "Contracts.Tests");
}
