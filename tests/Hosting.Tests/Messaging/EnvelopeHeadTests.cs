using System.Text;
using Coinsphere.Messaging.Hosting.Messaging;

namespace Coinsphere.Messaging.Hosting.Tests.Messaging;

public class EnvelopeHeadTests
{
    private const string Id = "80280000-ca7f-1846-a7a8-08df4e3f69b1";

    private const string Start =
        $$"""{"messageId": 5, "requestId": "{{Id}}", "headers": {"responseAddress": "queue:inner"}, "responseAddress": "rabbitmq://broker/vhost/reply","""
            + $$""" "messageType": ["urn:message:A", "urn:message:B"],""";

    [Theory]
    [InlineData(Start + """ "message": {"symbol": 5}}""", true)]
    [InlineData(Start + """ "message": {"symbol": """, true)]
    [InlineData(Start + """ "message": {'symbol'""", true)]
    [InlineData(Start, false)]
    public void BrokenEnvelope_IsReadUpToItsFault(string body, bool isEnvelope) => Assert.Equal(
        new EnvelopeHead(Guid.Parse(Id), new Uri("rabbitmq://broker/vhost/reply"), "urn:message:A", isEnvelope), EnvelopeHead.Read(
            Encoding.UTF8.GetBytes(body)));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("no JSON")]
    [InlineData("""{"symbol": "BTC"}""")]
    [InlineData("""{"requestId": "5", "responseAddress": "nowhere", "messageType": [], "other": {"message": 1}}""")]
    public void WhatIsNoEnvelope_NamesNobody(string body) =>
        Assert.Equal(new EnvelopeHead(null, null, null, IsEnvelope: false), EnvelopeHead.Read(Encoding.UTF8.GetBytes(body)));
}
