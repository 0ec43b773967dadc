# A database with { and "quotes" in its comments }
resource "aws_db_parameter_group" "shop" {
  name = "${var.environment}-shop"

  parameter {
    name         = "max_connections"
    value        = "100" # static
    apply_method = "pending-reboot"
  }
  parameter {
    name  = "shared_buffers"
    value = "{DBInstanceClassMemory/32768}"
  }
  parameter {
    name  = "work_mem"
    value = "16384" # 16MB in KB
  }
  parameter {
    name  = "wal_buffers"
    value = "2048"
  }
  parameter {
    name  = "maintenance_work_mem"
    value = "524288"
  }
  parameter {
    name  = "autovacuum_max_workers"
    value = "3"
  }
  parameter {
    name  = "checkpoint_timeout"
    value = "900"
  }
  parameter {
    name  = "random_page_cost"
    value = "1.1"
  }
  parameter {
    name  = "log_connections"
    value = "1"
  }
  parameter {
    name  = "wal_level"
    value = "replica"
  }
  parameter {
    name  = "password_encryption"
    value = "scram-sha-256"
  }
}

resource "aws_db_instance" "shop" {
  identifier          = "${var.environment}-shop"
  instance_class      = var.instance_class # for production
  allocated_storage   = 400
  storage_encrypted   = true
  logs                = ["a", "b"]
  deletion_protection = var.environment == "production"
  final_snapshot      = var.environment == "production" ? "${var.environment}-last" : null

  backup {
    window {
      start = "03:00"
    }
  }

  tags = {
    Role = "Primary"
  }
}

resource "aws_db_instance" "replica" {
  identifier = "${var.environment}-replica-${count.index + 1}"
}
