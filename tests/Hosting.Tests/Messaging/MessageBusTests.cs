using Coinsphere.Messaging.Hosting.Messaging;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Coinsphere.Messaging.Hosting.Tests.Messaging;

public class MessageBusTests
{
    [Theory]
    [InlineData("http://user:s3cret@host:5672")]
    [InlineData("user:s3cret@host")]
    [InlineData("amqp:/user:s3cret@host:5672:9")]
    [InlineData("amqp://user:s3cret@host:70000/")]
    [InlineData("s3cret")]
    public void WrongUrl_IsRefusedByItsKeyWithoutThePassword(string url)
    {
        var wrong = Assert.Throws<InvalidOperationException>(() => Add(url));
        Assert.Contains("RabbitMq:Url (RABBITMQ_URL) is not a RabbitMQ URL", wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", wrong.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(" ")]
    public void MissingUrl_IsRefusedByItsKey(string? url)
    {
        var wrong = Assert.Throws<InvalidOperationException>(() => Add(url));
        Assert.Contains("RabbitMq:Url (RABBITMQ_URL) is missing", wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("amqp://user:s3cret@host:5672/vhost")]
    [InlineData("amqps://host")]
    [InlineData("rabbitmq://user:s3cret@host/vhost")]
    public void RabbitMqUrl_IsTaken(string url)
    {
        var registered = false;
        Add(url, () => registered = true);
        Assert.True(registered);
    }

    private static void Add(string? url, Action? registered = null) => new ServiceCollection().AddRabbitMqBus(
        new ConfigurationBuilder().AddInMemoryCollection([new("RabbitMq:Url", url)]).Build(), _ => registered?.Invoke());
}
