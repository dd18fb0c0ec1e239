using Coinsphere.Messaging.Hosting.Messaging;

namespace Coinsphere.Messaging.Hosting.Tests.Messaging;

public sealed class ProcessEndpointsTests
{
    private const string Id = "-0123456789abcdef0123456789abcdef";

    public static TheoryData<string> Names { get; } =
        [ProcessEndpoints.ModelUpdated, ProcessEndpoints.CacheClear, ProcessEndpoints.ModelsReported, ProcessEndpoints.Events];

    [Theory]
    [MemberData(nameof(Names))]
    public void QueueOfAProcess_IsKnownByItsName(string name)
    {
        Assert.Equal(name, ProcessEndpoints.NameOf(name + Id));
        Assert.True(ProcessEndpoints.Owns(name + Id));
        Assert.True(ProcessEndpoints.Owns(name + Id + "_error"));
    }

    [Theory]
    [InlineData("replies" + Id)]
    [InlineData("ModelUpdated")]
    [InlineData("predict")]
    public void OtherQueue_IsNone(string queue)
    {
        Assert.Null(ProcessEndpoints.NameOf(queue));
        Assert.False(ProcessEndpoints.Owns(queue));
    }
}
