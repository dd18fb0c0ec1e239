using Coinsphere.Messaging.Hosting.Certificates;
using MassTransit;
using Microsoft.Extensions.Configuration;
using RabbitMQ.Client;

namespace Coinsphere.Messaging.Hosting.Messaging;

/// <summary>Encryption to the broker, and whom it trusts: one rule for the bus and for the connections beside it.</summary>
public static class BrokerTls
{
    /// <summary>The setting: PEM file of the authority of the broker, where the system does not trust it already.</summary>
    public const string AuthorityKey = "RabbitMq:TlsAuthority";

    /// <summary>Whether the URL asks for encryption.</summary>
    public static bool IsSecure(Uri url) => url.Scheme is "amqps" or "rabbitmqs";

    /// <summary>The check of the broker's certificate.</summary>
    /// <exception cref="Configuration.SettingException">The authority's file cannot be used, or the URL is not encrypted.</exception>
    public static ServerCertificate Certificate(IConfiguration configuration, Uri url)
    {
        var file = configuration[AuthorityKey];
        return string.IsNullOrWhiteSpace(file) || IsSecure(url)
            ? ServerCertificate.Of(url.Host, AuthorityKey, file)
            : throw new Configuration.SettingException($"{AuthorityKey} is '{file}', and RabbitMq:Url is not encrypted: expected an amqps:// URL");
    }

    /// <summary>Sets it for a connection of the bus, whose own default accepts any authority.</summary>
    internal static void Use(this IRabbitMqHostConfigurator host, Uri url, ServerCertificate certificate)
    {
        if (IsSecure(url))
        {
            host.UseSsl(tls =>
            {
                tls.ServerName = url.Host;
                tls.Protocol = System.Security.Authentication.SslProtocols.None;
                tls.CertificateValidationCallback = certificate.Accepts;
            });
        }
    }

    /// <summary>Sets it for a connection beside the bus.</summary>
    internal static void Use(this ConnectionFactory factory, Uri url, ServerCertificate certificate) =>
        factory.Ssl = new SslOption(url.Host, enabled: IsSecure(url)) { CertificateValidationCallback = certificate.Accepts };
}
