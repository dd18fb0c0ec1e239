namespace Coinsphere.Messaging.Client.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void PublicApi_IsAsCheckedIn() => PublicApi.AssertUnchanged(typeof(IPredictionClient), "Client.Tests");
}
