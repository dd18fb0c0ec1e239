using Coinsphere.Messaging.Hosting.Configuration;
using Microsoft.Extensions.Configuration;

namespace Coinsphere.Messaging.Hosting.Tests.Configuration;

public sealed class ConversionTests
{
    [Theory]
    [InlineData("Number", "300s", "Some:Number is '300s': expected a whole number")]
    [InlineData("Number", "it's 'x'", "Some:Number is 'it's 'x'': expected a whole number")]
    [InlineData("MaybeNumber", "x", "Some:MaybeNumber is 'x': expected a whole number")]
    [InlineData("Flag", "maybe", "Some:Flag is 'maybe': expected true or false")]
    [InlineData("MaybeFlag", "maybe", "Some:MaybeFlag is 'maybe': expected true or false")]
    [InlineData("Span", "2x", "Some:Span is '2x': expected a time span such as 00:01:30")]
    [InlineData("MaybeSpan", "2x", "Some:MaybeSpan is '2x': expected a time span such as 00:01:30")]
    [InlineData("Color", "Blue", "Some:Color is 'Blue': expected one of Red, Green")]
    [InlineData("At", "25:00", "Some:At is '25:00': expected a time of day such as 02:00")]
    public void ValueOfAnotherType_IsToldWithWhatIsExpected(string name, string value, string expected)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new($"Some:{name}", value)]).Build();
        var fault = Assert.Throws<InvalidOperationException>(() => configuration.GetSection("Some").Get<Some>());
        Assert.Equal(expected, Conversion.Explain(fault.Message));
    }

    [Fact]
    public void OtherSentences_AreNotTouched() => Assert.Null(Conversion.Explain("RabbitMq:Url (RABBITMQ_URL) is missing"));

    public enum Colors
    {
        Red,
        Green,
    }

    public sealed class Some
    {
        public int Number { get; set; }
        public int? MaybeNumber { get; set; }
        public bool Flag { get; set; }
        public bool? MaybeFlag { get; set; }
        public TimeSpan Span { get; set; }
        public TimeSpan? MaybeSpan { get; set; }
        public Colors Color { get; set; }
        public TimeOnly At { get; set; }
    }
}
