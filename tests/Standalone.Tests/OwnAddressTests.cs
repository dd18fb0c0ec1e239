extern alias standalone;
using Microsoft.AspNetCore.Http;
using standalone::Coinsphere.Messaging.Standalone;

namespace Coinsphere.Messaging.Standalone.Tests;

public class OwnAddressTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8000", "http://127.0.0.1:8000/")]
    [InlineData("http://localhost:8000", "http://localhost:8000/")]
    [InlineData("http://0.0.0.0:8000", "http://localhost:8000/")]
    [InlineData("http://[::]:8000", "http://localhost:8000/")]
    [InlineData("http://*:8000", "http://localhost:8000/")]
    [InlineData("https://+:8443", "https://localhost:8443/")]
    [InlineData("http://[::1]:8000/base", "http://[::1]:8000/base/")]
    public void Address_IsOneThatThisMachineReaches(string listening, string reached) =>
        Assert.Equal(reached, OwnAddress.Reachable(BindingAddress.Parse(listening)).AbsoluteUri);
}
